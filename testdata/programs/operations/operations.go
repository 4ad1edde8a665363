// Package operations has one function for each way in which a line of Go allocates. What the
// function is called by is what the compiler must have it call: tests compare the two.
package operations

import "strings"

// A Point has no pointers, a Record has.
type Point struct{ X, Y, Z int64 }

type Record struct {
	Name string
	Next *Record
}

// What is stored here escapes.
var (
	Ints    []int64
	Records []Record
	Text    string
	Bytes   []byte
	Runes   []rune
	Any     any
	Map     map[string]int64
	Numbers map[int64]int64
	Large   map[string][200]byte
	Channel chan int64
	One     *Point
	Linked  *Record
	Call    func() int64
	Parts   []string
)

//go:noinline
func GrowSlice(n int) {
	var all []int64
	for i := range n {
		all = append(all, int64(i))
	}
	Ints = all
}

//go:noinline
func GrowSliceRecords(n int) {
	var all []Record
	for range n {
		all = append(all, Record{})
	}
	Records = all
}

//go:noinline
func MakeSlice(n int) { Ints = make([]int64, n) }

//go:noinline
func ConcatTwo(a, b string) { Text = a + b }

//go:noinline
func ConcatMany(a, b string) { Text = a + "/" + b + "/" + a + "/" + b }

//go:noinline
func BoxWord(n int64) { Any = n }

//go:noinline
func BoxWord32(n int32) { Any = n }

//go:noinline
func BoxString(s string) { Any = s }

//go:noinline
func BoxSlice(s []int64) { Any = s }

//go:noinline
func BoxValue(p Point) { Any = p }

//go:noinline
func BoxValueRecord(r Record) { Any = r }

//go:noinline
func NewObject(n int64) { One = &Point{X: n} }

//go:noinline
func NewObjectRecord(s string) { Linked = &Record{Name: s} }

//go:noinline
func NewObjectClosure(n int64) { Call = func() int64 { return n } }

//go:noinline
func BytesToString(b []byte) { Text = string(b) }

//go:noinline
func StringToBytes(s string) { Bytes = []byte(s) }

//go:noinline
func RunesToString(r []rune) { Text = string(r) }

//go:noinline
func StringToRunes(s string) { Runes = []rune(s) }

//go:noinline
func MakeMapSmall() { Map = map[string]int64{} }

//go:noinline
func MakeMap(n int) { Map = make(map[string]int64, n) }

//go:noinline
func MapAssign(n int, keys []string) {
	m := Map
	for _, key := range keys[:n] {
		m[key] = int64(n)
	}
}

//go:noinline
func MapAssignNumbers(n int) {
	m := Numbers
	for i := range n {
		m[int64(i)] = int64(n)
	}
}

//go:noinline
func MapAssignLarge(n int, keys []string) {
	m := Large
	for _, key := range keys[:n] {
		m[key] = [200]byte{}
	}
}

//go:noinline
func MakeChan(n int) { Channel = make(chan int64, n) }

//go:noinline
func RawBytes(parts []string) { Text = strings.Join(parts, ",") }
