"""Double entry: amounts in minor units move between accounts, and nothing is ever altered or lost."""
