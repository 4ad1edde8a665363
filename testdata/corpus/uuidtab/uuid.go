// Package uuidtab keeps tables of UUIDs.
package uuidtab

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// UUID is an identifier as of RFC 9562.
type UUID [16]byte

// ErrFormat is returned for texts that are no UUID.
var ErrFormat = errors.New("uuidtab: not a UUID")

// Parse reads the usual form, with or without hyphens, braces or the prefix urn:uuid:.
func Parse(s string) (*UUID, error) {
	s = strings.TrimPrefix(s, "urn:uuid:")
	s = strings.TrimSuffix(strings.TrimPrefix(s, "{"), "}")
	digits := strings.ReplaceAll(s, "-", "") // want ML11
	if len(digits) != 32 {
		return nil, ErrFormat
	}
	raw, err := hex.DecodeString(digits) // want ML11 ok ML07
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrFormat, err)
	}
	u := new(UUID) // want ML06 ok ML05
	copy(u[:], raw)
	return u, nil
}

// String gives the usual form.
func (u UUID) String() string {
	h := hex.EncodeToString(u[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// AppendText appends the usual form to dst.
func (u UUID) AppendText(dst []byte) ([]byte, error) {
	for i, n := range [...]int{4, 6, 8, 10, 16} {
		if i > 0 {
			dst = append(dst, '-')
		}
		dst = hex.AppendEncode(dst, u[[...]int{0, 4, 6, 8, 10}[i]:n])
	}
	return dst, nil
}

// MarshalText is for encodings of text.
func (u UUID) MarshalText() ([]byte, error) {
	return u.AppendText(make([]byte, 0, 36))
}

// Compare orders UUIDs by their bytes.
func Compare(a, b UUID) int { return bytes.Compare(a[:], b[:]) }
