"""The lane of other people's readers (``make test-readers``): what we issue they read, and what they issue we read.

zbar reads the picture of a card's code, MOSIP's PixelPass what stands in it, the OpenWallet Foundation's SD-JWT VC
library what a phone shows. None of them knows us.
"""
