"""The desk inside the cloud console: custom widgets that show and do what the operations tell and take."""
