package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// A client of Redis in a hundred lines: RESP2, one command at a time. Use go-redis in a larger
// program; this one has nothing to install.
type client struct {
	connection net.Conn
	reader     *bufio.Reader
}

// dial opens redis://[:PASSWORD@]HOST:PORT[/DB].
func dial(address string) (*client, error) {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Scheme != "redis" || parsed.Host == "" {
		return nil, fmt.Errorf("%q is no redis://host:port", address)
	}
	host := parsed.Host
	if parsed.Port() == "" {
		host += ":6379"
	}
	connection, err := net.DialTimeout("tcp", host, 5*time.Second)
	if err != nil {
		return nil, err
	}
	c := &client{connection, bufio.NewReaderSize(connection, 1<<16)}
	if password, given := parsed.User.Password(); given {
		if _, err := c.do("AUTH", password); err != nil {
			return nil, err
		}
	}
	if db := strings.Trim(parsed.Path, "/"); db != "" {
		if _, err := c.do("SELECT", db); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// do sends a command and reads its answer: string, int64, []interface{} or nil.
func (c *client) do(arguments ...string) (interface{}, error) {
	var command strings.Builder
	fmt.Fprintf(&command, "*%d\r\n", len(arguments))
	for _, argument := range arguments {
		fmt.Fprintf(&command, "$%d\r\n%s\r\n", len(argument), argument)
	}
	if err := c.connection.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		return nil, err
	}
	if _, err := io.WriteString(c.connection, command.String()); err != nil {
		return nil, err
	}
	return c.read()
}

func (c *client) read() (interface{}, error) {
	line, err := c.reader.ReadString('\n')
	if err != nil {
		return nil, err
	}
	line = strings.TrimSuffix(line, "\r\n")
	kind, rest := line[0], line[1:]
	switch kind {
	case '+':
		return rest, nil
	case '-':
		return nil, errors.New(rest)
	}
	number, err := strconv.ParseInt(rest, 10, 64)
	if err != nil || kind == ':' {
		return number, err
	}
	if number < 0 {
		return nil, nil
	}
	if kind == '$' {
		text := make([]byte, number+2)
		_, err := io.ReadFull(c.reader, text)
		return string(text[:number]), err
	}
	items := make([]interface{}, number)
	for i := range items {
		if items[i], err = c.read(); err != nil {
			return nil, err
		}
	}
	return items, nil
}
