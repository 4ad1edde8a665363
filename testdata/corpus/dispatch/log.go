package dispatch

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
)

// Level is the weight of a line in the log.
type Level int32

// The levels.
const (
	LevelDebug Level = iota
	LevelInfo
	LevelError
)

// Log writes lines of keys and values.
type Log struct {
	level atomic.Int32
	mu    sync.Mutex
	w     io.Writer
	buf   []byte
}

// NewLog returns a log of the lines which weigh at least min.
func NewLog(w io.Writer, min Level) *Log {
	l := &Log{w: w, buf: make([]byte, 0, 512)}
	l.level.Store(int32(min))
	return l
}

// Debug writes a line for developers.
func (l *Log) Debug(msg string, kv ...any) { l.write(LevelDebug, msg, kv) }

// Info writes a line for operators.
func (l *Log) Info(msg string, kv ...any) { l.write(LevelInfo, msg, kv) }

// Error writes a line for whoever is on call.
func (l *Log) Error(msg string, err error, kv ...any) {
	l.write(LevelError, msg, append(kv, "err", err))
}

func (l *Log) write(at Level, msg string, kv []any) {
	if at < Level(l.level.Load()) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buf = append(l.buf[:0], msg...)
	for i := 0; i+1 < len(kv); i += 2 {
		l.buf = fmt.Appendf(l.buf, " %v=%v", kv[i], kv[i+1])
	}
	l.buf = append(l.buf, '\n')
	l.w.Write(l.buf)
}
