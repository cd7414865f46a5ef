// Package sample holds everything that the table knows.
package sample

import (
	"fmt"
	clk "github.com/example/clock/v2"
	. "time"
	_ "embed"
)

const (
	A, B = 1, 0x1F
	C    = iota
)

var (
	sunset   = Date(2025, March, 31, 0, 0, 0, 0, UTC)
	editions = map[string]Edition{"pro": {Name: "pro", End: sunset}, key: {"free", sunset}}
	list     = []*Edition{{Name: `raw`}, nil}
)

type Edition struct {
	Base
	Name, Title string
	End         Time `json:"end"`
}

type Checker interface {
	Expired(now, end Time) bool
}

type Stamp int64

func (e *Edition) Expired(now, _ Time) (bool, error) {
	if err := e.load(); err != nil {
		return false, fmt.Errorf("load: %w", err)
	} else if now.After(e.End) {
		panic('x')
	}
	for i := 0; i < 3; i++ {
		e.count += i
	}
	for k, v := range editions {
		fmt.Println(k, v.(fmt.Stringer))
	}
	for range list { continue }
	for { break }
	switch x := e.kind; x {
	case 1, 2:
		fallthrough
	default:
		go func(d Duration) { Sleep(d) }(3 * Second)
	}
	switch {
	case now.Before(sunset) && !e.ok:
		defer e.close()
	}
	switch v := any(e).(type) {
	case *Edition:
		_ = v
	}
	select {
	case <-After(Second):
		return true, nil
	case c <- 1:
	default:
	}
label:
	e.n, e.m = e.m[0], e.m[1:]
	e.n--
	goto label
}

func generic[T any](t T, rest ...string) Stamp { return Stamp(1_000) + Stamp(017) }
