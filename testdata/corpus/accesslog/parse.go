// Package accesslog sums up web server logs, window by window.
package accesslog

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

var (
	errShort   = errors.New("too few fields")
	errRequest = errors.New("malformed request")
)

const stampLayout = "[02/Jan/2006:15:04:05 -0700]"

// Hit is one line of the log. Its strings are parts of the line.
type Hit struct {
	Host   string
	Method string
	Path   string
	Status int
	Bytes  int64
	At     time.Time
}

// ParseError tells the line that could not be read.
type ParseError struct {
	Line int
	Err  error
}

func (e *ParseError) Error() string { return fmt.Sprintf("accesslog: line %d: %v", e.Line, e.Err) }

func (e *ParseError) Unwrap() error { return e.Err }

// parseHit reads a line in the common log format.
func parseHit(line string) (h Hit, err error) {
	f := strings.Fields(line) // want ML11 ok ML07
	if len(f) < 10 {
		return h, errShort
	}
	h.Host = f[0]
	// The stamp is two fields which lie beside each other in the line.
	at := strings.IndexByte(line, '[')
	end := at + len(f[3]) + 1 + len(f[4])
	if at < 0 || end > len(line) {
		return h, errShort
	}
	if h.At, err = time.Parse(stampLayout, line[at:end]); err != nil {
		return h, err
	}
	if !strings.HasPrefix(f[5], `"`) || !strings.HasSuffix(f[7], `"`) {
		return h, errRequest
	}
	h.Method = f[5][1:]
	h.Path, _, _ = strings.Cut(f[6], "?")
	if h.Status, err = strconv.Atoi(f[8]); err != nil {
		return h, err
	}
	if f[9] != "-" {
		if h.Bytes, err = strconv.ParseInt(f[9], 10, 64); err != nil {
			return h, err
		}
	}
	return h, nil
}
