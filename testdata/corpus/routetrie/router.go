// Package routetrie dispatches requests by method and path.
package routetrie

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Handler answers a request; params are valid until it returns.
type Handler func(w http.ResponseWriter, r *http.Request, params *Params)

// Middleware wraps handlers.
type Middleware func(Handler) Handler

// Params are the variable parts of a path.
type Params struct {
	names  []string
	values []string
}

// Get returns the part called name.
func (p *Params) Get(name string) string {
	if i := slices.Index(p.names, name); i >= 0 {
		return p.values[i]
	}
	return ""
}

// Map copies the parts, for handlers that keep them.
func (p *Params) Map() map[string]string {
	m := make(map[string]string, len(p.names))
	for i, n := range p.names {
		m[n] = p.values[i]
	}
	return m
}

type node struct {
	part     string
	static   []*node
	variable *node
	routes   map[string]*route
}

type route struct {
	pattern string
	names   []string
	handler Handler
}

// Router is a set of routes.
type Router struct {
	root     node
	chain    []Middleware
	patterns []string
	params   sync.Pool
	NotFound http.Handler
}

// New returns a router without routes.
func New() *Router {
	r := &Router{NotFound: http.HandlerFunc(http.NotFound)}
	r.params.New = func() any { return &Params{values: make([]string, 0, 8)} }
	return r
}

// Use wraps the handlers of all routes added from now on.
func (r *Router) Use(m ...Middleware) { r.chain = append(r.chain, m...) }

// ErrPattern is returned for routes that cannot be.
var ErrPattern = errors.New("routetrie: bad pattern")

// Handle adds a route such as "/users/{id}/orders".
func (r *Router) Handle(method, pattern string, h Handler) error {
	if !strings.HasPrefix(pattern, "/") {
		return fmt.Errorf("%w: %q", ErrPattern, pattern)
	}
	n := &r.root
	rt := &route{pattern: pattern}
	for _, part := range strings.Split(pattern[1:], "/") { // ok ML11
		if name, ok := strings.CutPrefix(part, "{"); ok {
			name, ok = strings.CutSuffix(name, "}")
			if !ok || slices.Contains(rt.names, name) {
				return fmt.Errorf("%w: %q", ErrPattern, pattern)
			}
			rt.names = append(rt.names, name)
			if n.variable == nil {
				n.variable = &node{}
			}
			n = n.variable
			continue
		}
		n = n.child(part)
	}
	if n.routes == nil {
		n.routes = make(map[string]*route)
	}
	if _, ok := n.routes[method]; ok {
		return fmt.Errorf("%w: %s %s is there already", ErrPattern, method, pattern)
	}
	for _, m := range slices.Backward(r.chain) {
		h = m(h)
	}
	rt.handler = h
	n.routes[method] = rt
	r.patterns = append(r.patterns, method+" "+pattern)
	return nil
}

func (n *node) child(part string) *node {
	i, ok := slices.BinarySearchFunc(n.static, part, func(c *node, p string) int { return strings.Compare(c.part, p) })
	if !ok {
		n.static = slices.Insert(n.static, i, &node{part: part})
	}
	return n.static[i]
}

func (n *node) find(method, path string, values []string) (*route, []string) {
	if path == "" {
		return n.routes[method], values
	}
	part, rest, _ := strings.Cut(path[1:], "/")
	if rest != "" || strings.HasSuffix(path, "/") {
		rest = path[1+len(part):]
	}
	i, ok := slices.BinarySearchFunc(n.static, part, func(c *node, p string) int { return strings.Compare(c.part, p) })
	if ok {
		if rt, vs := n.static[i].find(method, rest, values); rt != nil {
			return rt, vs
		}
	}
	if n.variable != nil && part != "" {
		return n.variable.find(method, rest, append(values, part))
	}
	return nil, values
}

func (r *Router) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	p := r.params.Get().(*Params)
	defer r.params.Put(p)
	rt, values := r.root.find(req.Method, req.URL.Path, p.values[:0])
	p.values = values
	if rt == nil {
		r.NotFound.ServeHTTP(w, req)
		return
	}
	p.names = rt.names
	rt.handler(w, req, p)
}

// Routes lists all routes, sorted.
func (r *Router) Routes() []string {
	out := slices.Clone(r.patterns)
	slices.Sort(out)
	return out
}
