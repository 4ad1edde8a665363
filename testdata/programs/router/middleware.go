package router

import (
	"fmt"
	"strings"
)

// Tracing notes each step of a request.
func Tracing(name string) Middleware {
	return func(next Handler) Handler {
		return func(r *Request) string {
			step := func(what string) func() {
				r.Trace = append(r.Trace, name+" "+what)
				return func() { r.Trace = append(r.Trace, name+" end") }
			}
			defer step("begin")()
			return next(r)
		}
	}
}

// Retrying calls the handler until it answers, a few times.
func Retrying(times int) Middleware {
	return func(next Handler) Handler {
		return func(r *Request) string {
			var attempts []func() string
			for i := range times {
				attempts = append(attempts, func() string {
					if i+1 < times {
						return ""
					}
					return next(r)
				})
			}
			for _, attempt := range attempts {
				if answer := attempt(); answer != "" {
					return answer
				}
			}
			return ""
		}
	}
}

// Shouting gives the answer in capitals, and with the path.
func Shouting(next Handler) Handler {
	return func(r *Request) string {
		return fmt.Sprint(r.Path, ": ", strings.ToUpper(next(r)))
	}
}
