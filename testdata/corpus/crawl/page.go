package crawl

import "strings"

// Page is what is remembered of a document.
type Page struct {
	URL   string
	Title string
	Links int
	Depth int
}

// between returns the text after the first open and before the next end.
func between(doc, open, end string) (string, bool) {
	_, rest, ok := strings.Cut(doc, open)
	if !ok {
		return "", false
	}
	return cutEnd(rest, end)
}

func cutEnd(s, end string) (string, bool) {
	text, _, ok := strings.Cut(s, end)
	return text, ok
}

// hrefs yields the targets of the links in doc, as they are written there.
func hrefs(doc string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for {
			at := strings.Index(doc, "<a ")
			if at < 0 {
				return
			}
			doc = doc[at+3:]
			tag, rest, ok := strings.Cut(doc, ">")
			if !ok {
				return
			}
			doc = rest
			if href, ok := between(tag, `href="`, `"`); ok && !yield(href) {
				return
			}
		}
	}
}

// resolve makes href absolute. What leaves the site, or is no document, is refused.
func resolve(host, base, href string) (string, bool) {
	href, _, _ = strings.Cut(href, "#")
	switch {
	case href == "", strings.HasPrefix(href, "mailto:"), strings.HasPrefix(href, "javascript:"):
		return "", false
	case strings.HasPrefix(href, "//"):
		return "", false
	case strings.Contains(href, "://"):
		rest, ok := strings.CutPrefix(href, "https://"+host)
		if !ok || rest != "" && rest[0] != '/' {
			return "", false
		}
		return strings.Clone(href), true
	case href[0] == '/':
		return "https://" + host + href, true
	}
	dir := base[:strings.LastIndexByte(base, '/')+1]
	return dir + href, true
}
