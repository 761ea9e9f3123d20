// Reads enriched articles as one consumer of a group, each at least once.
//
//	go run . [GROUP] [CONSUMER]        STEPPEWIRE_REDIS_URL names the server
//
// Kill it at any moment and start it again with the same names: it goes on where it was.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
)

const stream = "news:{0}:articles.enriched"

// What this program needs of a record; fields that it does not name are ignored.
type record struct {
	Article struct {
		ID      string `json:"article_id"`
		Version string `json:"version_id"`
		Title   string `json:"title"`
	} `json:"article"`
	Enrichment struct {
		Languages struct {
			Article struct {
				Tag string `json:"tag"`
			} `json:"article"`
		} `json:"languages"`
	} `json:"enrichment"`
}

func main() {
	group, consumer := argument(1, "my-team"), argument(2, "reader-1")
	redis, err := dial(environment("STEPPEWIRE_REDIS_URL", "redis://127.0.0.1:6379"))
	if err != nil {
		log.Fatal(err)
	}
	var stopped atomic.Bool
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() { <-signals; stopped.Store(true) }()
	makeGroup(redis, group)
	after := "0" // first what an earlier run took and did not finish, then (">") what is new
	for !stopped.Load() {
		entries := read(redis, group, consumer, after)
		if len(entries) == 0 {
			after = ">"
		}
		for _, entry := range entries {
			if stopped.Load() {
				break
			}
			handle(entry.fields)
			// only now: a crash before this line repeats the article
			must(redis.do("XACK", stream, group, entry.id))
		}
	}
}

// "0": everything that is kept, not only what is published from now on.
func makeGroup(redis *client, group string) {
	_, err := redis.do("XGROUP", "CREATE", stream, group, "0", "MKSTREAM")
	if err != nil && !strings.HasPrefix(err.Error(), "BUSYGROUP") {
		log.Fatal(err)
	}
}

type entry struct {
	id     string
	fields map[string]string
}

func read(redis *client, group, consumer, after string) []entry {
	answer := must(redis.do("XREADGROUP", "GROUP", group, consumer,
		"COUNT", "10", "BLOCK", "1000", "STREAMS", stream, after))
	if answer == nil { // nothing came within a second
		return nil
	}
	ofStream := answer.([]interface{})[0].([]interface{})
	var entries []entry
	for _, raw := range ofStream[1].([]interface{}) {
		pair := raw.([]interface{})
		found := entry{pair[0].(string), map[string]string{}}
		flat, _ := pair[1].([]interface{}) // nil: pending, but trimmed away
		for i := 0; i+1 < len(flat); i += 2 {
			found.fields[flat[i].(string)] = flat[i+1].(string)
		}
		entries = append(entries, found)
	}
	return entries
}

func must(answer interface{}, err error) interface{} {
	if err != nil {
		log.Fatal(err)
	}
	return answer
}

func handle(fields map[string]string) {
	version, _ := strconv.Atoi(fields["v"])
	if fields["type"] != "article.enriched" || version > 1 {
		return // newer than we are, or trimmed away
	}
	var read record
	if err := json.Unmarshal([]byte(fields["data"]), &read); err != nil {
		log.Printf("not JSON: %v", err)
		return
	}
	shown, _ := json.Marshal(map[string]string{
		"id":       read.Article.ID,
		"version":  read.Article.Version,
		"language": read.Enrichment.Languages.Article.Tag,
		"title":    read.Article.Title,
	})
	fmt.Println(string(shown))
}

func argument(place int, otherwise string) string {
	if len(os.Args) > place {
		return os.Args[place]
	}
	return otherwise
}

func environment(name, otherwise string) string {
	if found := os.Getenv(name); found != "" {
		return found
	}
	return otherwise
}
