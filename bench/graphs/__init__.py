"""Small graphs that show one thing each: fusion, branches, several contexts."""
