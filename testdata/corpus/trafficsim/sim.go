// Package trafficsim moves cars along a ring road.
package trafficsim

import (
	"container/heap"
	"math"
	"math/rand/v2"
)

// Vec is a place or a speed.
type Vec struct{ X, Y float64 }

// Add returns the sum.
func (v *Vec) Add(o *Vec) *Vec { return &Vec{v.X + o.X, v.Y + o.Y} } // want ML06 ok ML05

// Scale returns v lengthened by k.
func (v *Vec) Scale(k float64) *Vec { return &Vec{v.X * k, v.Y * k} } // alt ML06 ok ML05

// Dist gives the distance of two places.
func (v *Vec) Dist(o *Vec) float64 { return math.Hypot(v.X-o.X, v.Y-o.Y) }

// Car is one vehicle.
type Car struct {
	ID      int
	Plate   string
	Pos     *Vec
	Speed   *Vec
	Limit   float64
	Lane    int
	Trips   int
	Fuel    float64
	History [16]float64
	Steps   int
}

func (c *Car) pace() float64 { return math.Hypot(c.Speed.X, c.Speed.Y) }

type action uint8

const (
	brake action = iota
	release
	turn
)

type event struct {
	at  float64
	car int
	do  action
}

type agenda []event

func (a agenda) Len() int           { return len(a) }
func (a agenda) Less(i, j int) bool { return a[i].at < a[j].at }
func (a agenda) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }

func (a *agenda) Push(x any) { *a = append(*a, x.(event)) }

func (a *agenda) Pop() any {
	last := len(*a) - 1
	e := (*a)[last]
	*a = (*a)[:last]
	return e // want ML05
}

// Sim is a simulation of one ring.
type Sim struct {
	radius float64
	now    float64
	cars   []Car
	agenda agenda
	rnd    *rand.Rand
}

// New sets n cars on a ring.
func New(n int, radius float64, seed uint64) *Sim {
	s := &Sim{
		radius: radius,
		cars:   make([]Car, n),
		agenda: make(agenda, 0, 2*n),
		rnd:    rand.New(rand.NewPCG(seed, 11)),
	}
	for i := range s.cars {
		angle := 2 * math.Pi * float64(i) / float64(n)
		s.cars[i] = Car{
			ID:    i,
			Pos:   &Vec{radius * math.Cos(angle), radius * math.Sin(angle)},
			Speed: &Vec{-math.Sin(angle), math.Cos(angle)},
			Limit: 0.7 + s.rnd.Float64(),
			Fuel:  40,
		}
		s.schedule(s.rnd.Float64(), i, turn)
	}
	return s
}

func (s *Sim) schedule(after float64, car int, do action) {
	heap.Push(&s.agenda, event{s.now + after, car, do}) // want ML05
}

// Run handles all events up to the given time.
func (s *Sim) Run(until float64) {
	for len(s.agenda) > 0 && s.agenda[0].at <= until {
		e := heap.Pop(&s.agenda).(event)
		s.now = e.at
		s.handle(e)
	}
	s.now = until
}

func (s *Sim) handle(e event) {
	c := &s.cars[e.car]
	switch e.do {
	case brake:
		c.Speed = c.Speed.Scale(0.5)
		s.schedule(0.4, e.car, release)
		return
	case release:
		c.Speed = c.Speed.Scale(2)
	case turn:
		c.Pos = c.Pos.Add(c.Speed)
		c.History[c.Steps%len(c.History)] = c.pace()
		c.Steps++
		c.Fuel -= 0.001
	}
	slow := 0
	for _, id := range s.ahead(c, 12) {
		if s.cars[id].pace() < c.pace() {
			slow++
		}
	}
	if slow > 2 {
		s.schedule(0.1, e.car, brake)
		return
	}
	s.schedule(0.5+s.rnd.Float64(), e.car, turn)
}

// ahead lists the cars within reach of c on its lane.
func (s *Sim) ahead(c *Car, reach float64) []int {
	var ids []int
	for i := range s.cars {
		o := &s.cars[i]
		if o != c && o.Lane == c.Lane && o.Pos.Dist(c.Pos) < reach {
			ids = append(ids, o.ID) // want ML07 ok ML01
		}
	}
	return ids // alt ML07 ok ML01
}

// Speeding lists the cars that are faster than their limit.
func (s *Sim) Speeding() []*Car {
	var out []*Car
	for _, c := range s.cars { // want ML08 ok ML05 ML06
		if c.pace() > c.Limit {
			out = append(out, &c) // ok ML01
		}
	}
	return out
}

// Trace is the track of one car.
type Trace struct {
	Car    int
	Points []Vec
}

// Record runs the simulation for n steps and follows all cars.
func (s *Sim) Record(n int, step float64) []Trace {
	traces := make([]Trace, len(s.cars))
	for i := range traces {
		traces[i] = Trace{i, make([]Vec, 0, n)}
	}
	for range n {
		s.Run(s.now + step)
		for i := range s.cars {
			traces[i].Points = append(traces[i].Points, *s.cars[i].Pos)
		}
	}
	return traces
}
