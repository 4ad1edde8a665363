package operations

import (
	"strconv"
	"strings"
	"testing"
)

func TestOperations(t *testing.T) {
	keys := make([]string, 2000)
	for i := range keys {
		keys[i] = strconv.Itoa(i)
	}
	text := strings.Repeat("text", 100)
	numbers := make([]int64, 100)
	for i := range 40 {
		GrowSlice(1000)
		GrowSliceRecords(1000)
		MakeMap(500)
		MapAssign(2000, keys)
		Numbers = map[int64]int64{}
		MapAssignNumbers(2000)
		Large = map[string][200]byte{}
		MapAssignLarge(500, keys)
		MakeChan(100)
		RawBytes(keys)
		for j := range 1000 {
			MakeSlice(100 + i)
			ConcatTwo(text, text)
			ConcatMany(text, text)
			BoxWord(int64(1000 + j))
			BoxWord32(int32(1000 + j))
			BoxString(text)
			BoxSlice(numbers)
			BoxValue(Point{X: int64(j)})
			BoxValueRecord(Record{Name: text})
			NewObject(int64(j))
			NewObjectRecord(text)
			NewObjectClosure(int64(j))
			StringToBytes(text)
			BytesToString(Bytes)
			StringToRunes(text)
			RunesToString(Runes)
			MakeMapSmall()
		}
	}
}
