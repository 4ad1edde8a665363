package jsonlog

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"testing"
	"time"
)

func TestLog(t *testing.T) {
	var out bytes.Buffer
	l := New(&out, Info).With(Str("app", "door"))
	l.Log(Debug, "no")
	l.Log(Warn, "stuck\x01 \"a\"", Int("n", 3), Err(errors.New("jam\n")), Bool("ok", false), Dur("d", time.Second))
	var m map[string]any
	if err := json.Unmarshal(out.Bytes(), &m); err != nil || m["n"] != 3.0 || m["err"] != "jam\n" || m["app"] != "door" {
		t.Fatal(out.String(), err)
	}
}

func BenchmarkLog(b *testing.B) {
	l := New(io.Discard, Info).With(Str("service", "billing"), Int("shard", 7))
	for i := 0; b.Loop(); i++ {
		l.Log(Info, "charged", Str("account", "A-20931"), Int("cents", i), Dur("took", 1500*time.Microsecond))
	}
}

var scoped *Logger

func BenchmarkWith(b *testing.B) {
	l := New(io.Discard, Info).With(Str("service", "billing"))
	for i := 0; b.Loop(); i++ {
		if i%10 == 0 {
			scoped = l.With(Int("request", i), Str("method", "POST"))
		}
		scoped.Log(Info, "step", Int("n", i))
	}
}
