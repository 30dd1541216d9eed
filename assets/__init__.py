"""Files that ship with the program: icons, the style sheet, a sample corpus."""
