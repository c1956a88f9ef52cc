"""Puts the bridge into an AWS account: asks three questions, lets `sam` do the work, and says what to type next."""
