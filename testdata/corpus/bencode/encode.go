package bencode

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// Append writes v to the end of dst.
func Append(dst []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case int64:
		dst = append(dst, 'i')
		dst = strconv.AppendInt(dst, v, 10)
		return append(dst, 'e'), nil
	case string:
		return appendText(dst, v), nil
	case []any:
		dst = append(dst, 'l')
		for _, x := range v {
			var err error
			if dst, err = Append(dst, x); err != nil {
				return dst, err
			}
		}
		return append(dst, 'e'), nil
	case Dict:
		dst = append(dst, 'd')
		keys := slices.AppendSeq(make([]string, 0, len(v)), maps.Keys(v))
		slices.Sort(keys)
		for _, k := range keys {
			dst = appendText(dst, k)
			var err error
			if dst, err = Append(dst, v[k]); err != nil {
				return dst, fmt.Errorf("%s: %w", k, err)
			}
		}
		return append(dst, 'e'), nil
	}
	return dst, fmt.Errorf("bencode: cannot encode %T", v)
}

func appendText(dst []byte, s string) []byte {
	dst = strconv.AppendInt(dst, int64(len(s)), 10)
	dst = append(dst, ':')
	return append(dst, s...)
}

// Size tells how long the encoding of v is.
func Size(v any) int {
	switch v := v.(type) {
	case int64:
		return 2 + digits(v)
	case string:
		return textSize(v)
	case []any:
		n := 2
		for _, x := range v {
			n += Size(x)
		}
		return n
	case Dict:
		n := 2
		for k, x := range v {
			n += textSize(k) + Size(x)
		}
		return n
	}
	return 0
}

func textSize(s string) int { return digits(int64(len(s))) + 1 + len(s) }

func digits(n int64) int {
	var b [20]byte
	return len(strconv.AppendInt(b[:0], n, 10))
}

// Encode returns the encoding of v in a slice of its size.
func Encode(v any) ([]byte, error) {
	return Append(make([]byte, 0, Size(v)), v)
}
