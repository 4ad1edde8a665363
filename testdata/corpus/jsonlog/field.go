package jsonlog

import (
	"strconv"
	"time"
	"unicode/utf8"
)

type kind uint8

const (
	kindString kind = iota
	kindInt
	kindFloat
	kindBool
	kindDuration
	kindError
)

// Field is a key and a value. Its values are kept apart so that none has to be boxed.
type Field struct {
	key  string
	str  string
	num  int64
	flt  float64
	err  error
	kind kind
}

// Str returns a field which holds a string.
func Str(key, v string) Field { return Field{key: key, str: v, kind: kindString} }

// Int returns a field which holds a number.
func Int(key string, v int) Field { return Field{key: key, num: int64(v), kind: kindInt} }

// Float returns a field which holds a number.
func Float(key string, v float64) Field { return Field{key: key, flt: v, kind: kindFloat} }

// Bool returns a field which holds a truth.
func Bool(key string, v bool) Field {
	f := Field{key: key, kind: kindBool}
	if v {
		f.num = 1
	}
	return f
}

// Dur returns a field which holds a time span.
func Dur(key string, v time.Duration) Field {
	return Field{key: key, num: int64(v), kind: kindDuration}
}

// Err returns a field for what went wrong.
func Err(err error) Field { return Field{key: "err", err: err, kind: kindError} }

func (f *Field) appendTo(b []byte) []byte {
	b = append(b, ',')
	b = appendQuoted(b, f.key)
	b = append(b, ':')
	switch f.kind {
	case kindInt:
		return strconv.AppendInt(b, f.num, 10)
	case kindFloat:
		return strconv.AppendFloat(b, f.flt, 'g', -1, 64)
	case kindBool:
		return strconv.AppendBool(b, f.num != 0)
	case kindDuration:
		return strconv.AppendFloat(b, time.Duration(f.num).Seconds(), 'f', 6, 64)
	case kindError:
		if f.err == nil {
			return append(b, "null"...)
		}
		return appendQuoted(b, f.err.Error())
	}
	return appendQuoted(b, f.str)
}

const hexDigits = "0123456789abcdef"

func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || n > 1 {
				i += n
				continue
			}
		}
		b = append(b, s[start:i]...)
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c >= utf8.RuneSelf:
			b = append(b, "\ufffd"...)
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		start = i
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}
