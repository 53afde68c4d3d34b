"""Word lists of the sample company, written for it: common names, places and business words."""
