"""The commands of the command line, one file a family; each imports what is slow only when it runs."""
