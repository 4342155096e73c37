"""OpenFisca's parameters as data: a folder of its YAML becomes a rules file of ours, and what does not is listed.

``folder`` walks the tree of files and nodes, ``carrying`` makes one parameter or scale of ours from one of theirs,
``writing`` puts them down as a rules file. The door is ``api``. Nothing here imports or runs OpenFisca.
"""
