"""Everything that works around Dash; README.md says for each part why, and which test notices a change."""
