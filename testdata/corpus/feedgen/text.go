package feedgen

import "strings"

// plain takes the tags out of html and runs of space together, and stops at about
// limit bytes, after a whole word.
func plain(html string, limit int) string {
	var sb strings.Builder // alt ML04
	inTag, space := false, false
	for i, c := range html {
		switch {
		case c == '<':
			inTag, space = true, true
		case c == '>':
			inTag = false
		case inTag:
		case c == ' ' || c == '\n' || c == '\t':
			space = true
		default:
			if space && sb.Len() > 0 {
				if sb.Len() >= limit && i < len(html) {
					sb.WriteString(" …") // alt ML04
					return sb.String()
				}
				sb.WriteByte(' ') // alt ML04
			}
			space = false
			sb.WriteRune(c) // want ML04
		}
	}
	return sb.String()
}

// Slug makes a title fit for a link.
func Slug(title string) string {
	var sb strings.Builder
	sb.Grow(len(title))
	dash := false
	for _, c := range strings.ToLower(title) { // ok ML11
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			if dash && sb.Len() > 0 {
				sb.WriteByte('-')
			}
			dash = false
			sb.WriteRune(c)
			continue
		}
		dash = true
	}
	return sb.String()
}
