package pool

// FormatIn is for tests, which cannot be in this package: what they share uses it.
var FormatIn = formatIn
