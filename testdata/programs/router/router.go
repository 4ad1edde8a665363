// Package router finds the handler of a path and wraps it in middleware.
package router

import (
	"iter"
	"strings"
)

// Request is what a handler sees.
type Request struct {
	Path   string
	Params map[string]string
	Trace  []string
}

// Handler answers a request.
type Handler func(*Request) string

// Middleware wraps a handler.
type Middleware func(Handler) Handler

// Router holds the routes.
type Router struct {
	routes []route
	chain  []Middleware
}

type route struct {
	parts []string
	serve Handler
}

// Use adds middleware for the routes that follow.
func (r *Router) Use(m ...Middleware) { r.chain = append(r.chain, m...) }

// Handle adds a route such as /users/:id.
func (r *Router) Handle(pattern string, serve Handler) {
	for i := len(r.chain) - 1; i >= 0; i-- {
		serve = r.chain[i](serve)
	}
	r.routes = append(r.routes, route{parts: strings.Split(pattern, "/"), serve: serve})
}

// Serve answers a path with its route's handler.
func (r *Router) Serve(path string) string {
	parts := strings.Split(path, "/")
	for _, route := range r.routes {
		if params, ok := route.match(parts); ok {
			return route.serve(newRequest(path, params))
		}
	}
	return ""
}

func (r route) match(parts []string) (map[string]string, bool) {
	if len(parts) != len(r.parts) {
		return nil, false
	}
	for i, part := range r.parts {
		if !strings.HasPrefix(part, ":") && part != parts[i] {
			return nil, false
		}
	}
	params := make(map[string]string)
	for name, value := range r.params(parts) {
		params[name] = value
	}
	return params, true
}

// params yields the named parts, each with its value.
func (r route) params(parts []string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for i, part := range r.parts {
			if name, ok := strings.CutPrefix(part, ":"); ok && !yield(name, parts[i]) {
				return
			}
		}
	}
}

func newRequest(path string, params map[string]string) *Request {
	return &Request{Path: path, Params: params}
}
