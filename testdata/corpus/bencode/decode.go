// Package bencode reads and writes the encoding of torrent files.
package bencode

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Errors of broken input.
var (
	ErrSyntax = errors.New("bencode: syntax error")
	ErrDepth  = errors.New("bencode: nested too deep")
)

const maxDepth = 64

// Dict is a dictionary. The other values are int64, string and []any.
type Dict map[string]any

type decoder struct {
	in    string
	at    int
	depth int
}

// Decode reads one value, which must be all of data.
func Decode(data []byte) (any, error) {
	// One copy for the whole document; its strings are parts of it.
	d := decoder{in: string(data)}
	v, err := d.value()
	if err != nil {
		return nil, fmt.Errorf("at byte %d: %w", d.at, err)
	}
	if d.at != len(d.in) {
		return nil, fmt.Errorf("at byte %d: %w", d.at, ErrSyntax)
	}
	return v, nil
}

func (d *decoder) value() (any, error) {
	if d.at >= len(d.in) {
		return nil, ErrSyntax
	}
	switch c := d.in[d.at]; {
	case c == 'i':
		return d.integer()
	case c >= '0' && c <= '9':
		s, err := d.text()
		return s, err
	case c == 'l' || c == 'd':
		if d.depth++; d.depth > maxDepth {
			return nil, ErrDepth
		}
		defer func() { d.depth-- }()
		d.at++
		if c == 'l' {
			return d.list()
		}
		return d.dict()
	}
	return nil, ErrSyntax
}

func (d *decoder) integer() (any, error) {
	end := strings.IndexByte(d.in[d.at:], 'e')
	if end < 0 {
		return nil, ErrSyntax
	}
	n, err := strconv.ParseInt(d.in[d.at+1:d.at+end], 10, 64)
	if err != nil {
		return nil, ErrSyntax
	}
	d.at += end + 1
	return n, nil
}

func (d *decoder) text() (string, error) {
	colon := strings.IndexByte(d.in[d.at:], ':')
	if colon < 0 {
		return "", ErrSyntax
	}
	n, err := strconv.Atoi(d.in[d.at : d.at+colon])
	start := d.at + colon + 1
	if err != nil || n < 0 || n > len(d.in)-start {
		return "", ErrSyntax
	}
	d.at = start + n
	return d.in[start:d.at], nil
}

func (d *decoder) closed() bool {
	if d.at < len(d.in) && d.in[d.at] == 'e' {
		d.at++
		return true
	}
	return false
}

func (d *decoder) list() ([]any, error) {
	var out []any
	for !d.closed() {
		v, err := d.value()
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func (d *decoder) dict() (Dict, error) {
	out := make(Dict)
	for !d.closed() {
		k, err := d.key()
		if err != nil {
			return nil, err
		}
		v, err := d.value()
		if err != nil {
			return nil, err
		}
		out[k] = v
	}
	return out, nil
}

func (d *decoder) key() (string, error) {
	if d.at >= len(d.in) {
		return "", ErrSyntax
	}
	return d.text()
}
