// Package hexview shows what is in binary files, and what differs between two.
package hexview

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	perLine = 16
	digits  = "0123456789abcdef"
	lineLen = 8 + 2 + perLine*3 + 3 + perLine + 2
)

func appendOffset(dst []byte, off uint32) []byte {
	for shift := 28; shift >= 0; shift -= 4 {
		dst = append(dst, digits[off>>shift&15])
	}
	return append(dst, ' ')
}

// appendLine writes the offset, the bytes and what can be read of them.
func appendLine(dst []byte, off uint32, data []byte) []byte {
	dst = appendOffset(dst, off)
	for i := range perLine {
		if i == perLine/2 {
			dst = append(dst, ' ')
		}
		if i < len(data) {
			dst = append(dst, ' ', digits[data[i]>>4], digits[data[i]&15])
		} else {
			dst = append(dst, ' ', ' ', ' ')
		}
	}
	dst = append(dst, ' ', ' ', '|')
	for _, c := range data {
		if c < ' ' || c > '~' {
			c = '.'
		}
		dst = append(dst, c)
	}
	return append(dst, '|', '\n')
}

// Dump returns data the way hexdump -C shows it.
func Dump(data []byte) string {
	lines := (len(data) + perLine - 1) / perLine
	var sb strings.Builder
	sb.Grow(lines * lineLen)
	var line [lineLen]byte
	for off := 0; off < len(data); off += perLine {
		end := min(off+perLine, len(data))
		sb.Write(appendLine(line[:0], uint32(off), data[off:end]))
	}
	return sb.String()
}

// Copy writes all of r to w as Dump would show it. Lines which repeat are left out.
func Copy(w io.Writer, r io.Reader) error {
	br := bufio.NewReaderSize(r, 4<<10)
	out := make([]byte, 0, lineLen)
	var cur, last [perLine]byte
	skipping := false
	for off := 0; ; off += perLine {
		n, err := io.ReadFull(br, cur[:])
		if n == 0 || err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			if err == io.EOF {
				return nil
			}
			return fmt.Errorf("hexview: at %#x: %w", off, err)
		}
		if off > 0 && n == perLine && cur == last {
			if !skipping {
				skipping = true
				if _, err := io.WriteString(w, "*\n"); err != nil {
					return err
				}
			}
			continue
		}
		skipping, last = false, cur
		out = appendLine(out[:0], uint32(off), cur[:n])
		if _, err := w.Write(out); err != nil {
			return err
		}
	}
}

// Range is a place where two files differ.
type Range struct {
	Off int
	Old []byte
	New []byte
}

// String shows both sides of the difference in hex.
func (r Range) String() string {
	b := make([]byte, 0, 12+2*(len(r.Old)+len(r.New)))
	b = appendOffset(b, uint32(r.Off))
	b = appendHex(b, r.Old)
	b = append(b, " > "...)
	b = appendHex(b, r.New)
	return string(b)
}

func appendHex(dst, data []byte) []byte {
	for _, c := range data {
		dst = append(dst, digits[c>>4], digits[c&15])
	}
	return dst
}

// Compare lists where a and b differ. The ranges are parts of a and b, which the
// caller holds on to anyway to show what is around them.
func Compare(a, b []byte) []Range {
	var out []Range
	n := min(len(a), len(b))
	for i := 0; i < n; {
		if a[i] == b[i] {
			i++
			continue
		}
		start := i
		for i < n && a[i] != b[i] {
			i++
		}
		out = append(out, Range{start, a[start:i], b[start:i]})
	}
	if len(a) != len(b) {
		out = append(out, Range{n, a[n:], b[n:]})
	}
	return out
}
