// Command composecheck reads a compose file as `docker compose config` does, with the environment's variables, and
// prints the result as JSON. It ends with code 1 and the reason if Docker would refuse the file.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
)

func main() {
	if err := read(os.Args[1:]); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func read(files []string) error {
	options, err := cli.NewProjectOptions(files, cli.WithOsEnv, cli.WithDefaultProfiles())
	if err != nil {
		return err
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(project, "", "  ")
	if err != nil {
		return err
	}
	fmt.Println(string(text))
	return nil
}
