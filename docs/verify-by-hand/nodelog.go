// Checks the node log of an evidence store with golang.org/x/mod/sumdb, and prints its entries.
//
//	nodelog FOLDER VKEYS [OLDER]
//
// FOLDER is the store's _tlog. VKEYS is a file of verifier keys, one a line. OLDER is a checkpoint
// of the same log that was kept elsewhere. On success each entry is a line of hex on stdout; else
// one line on stderr says what is wrong.
//
// Pages: spec/02-merkle.md (trees), spec/03-tiles.md (files, notes), spec/07-node-log.md (keys).
// The trees, tiles, proofs and notes are those of the Go module; only paths and bundles are ours.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
)

func main() {
	if len(os.Args) < 3 || len(os.Args) > 4 {
		fmt.Fprintln(os.Stderr, "usage: nodelog FOLDER VKEYS [OLDER]")
		os.Exit(64)
	}
	entries, err := check(os.Args[1], os.Args[2], os.Args[3:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "node log:", err)
		os.Exit(1)
	}
	for _, entry := range entries {
		fmt.Println(hex.EncodeToString(entry))
	}
}

func check(folder, vkeys string, older []string) ([][]byte, error) {
	keys, err := readKeys(vkeys)
	if err != nil {
		return nil, err
	}
	head, err := openCheckpoint(filepath.Join(folder, "checkpoint"), keys)
	if err != nil {
		return nil, err
	}
	entries, err := readEntries(folder, head.N)
	if err != nil {
		return nil, err
	}
	hashes, err := hashEntries(entries)
	if err != nil {
		return nil, err
	}
	root, err := tlog.TreeHash(head.N, hashes)
	if err != nil {
		return nil, err
	}
	if root != head.Hash {
		return nil, fmt.Errorf("the entries hash to %v, the checkpoint says %v", root, head.Hash)
	}
	if err := checkInclusion(entries, head, hashes); err != nil {
		return nil, err
	}
	if err := checkFiles(folder, head.N, hashes); err != nil {
		return nil, err
	}
	for _, path := range older {
		if err := checkOlder(path, keys, head, hashes); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

func readKeys(path string) (note.Verifiers, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var keys []note.Verifier
	for _, vkey := range strings.Fields(string(text)) {
		key, err := note.NewVerifier(vkey)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return note.VerifierList(keys...), nil
}

// A checkpoint is a note of three lines and one signature: spec/03-tiles.md, "Checkpoint", and
// spec/07-node-log.md, which refuses other signature lines.
func openCheckpoint(path string, keys note.Verifiers) (tlog.Tree, error) {
	var tree tlog.Tree
	message, err := os.ReadFile(path)
	if err != nil {
		return tree, err
	}
	opened, err := note.Open(message, keys)
	if err != nil {
		return tree, fmt.Errorf("%s: %w", path, err)
	}
	if len(opened.Sigs) != 1 || bytes.Count(message, []byte("\n\u2014 ")) != 1 {
		return tree, fmt.Errorf("%s: not one signature", path)
	}
	// The module reads base64 with any bits behind its last byte; one spelling is allowed.
	if _, err := base64.StdEncoding.Strict().DecodeString(opened.Sigs[0].Base64); err != nil {
		return tree, fmt.Errorf("%s: %w", path, err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != opened.Sigs[0].Name || lines[3] != "" {
		return tree, fmt.Errorf("%s: not the three lines of a checkpoint", path)
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	if tree.N < 1 || strconv.FormatInt(tree.N, 10) != lines[1] {
		return tree, fmt.Errorf("%s: not a size: %q", path, lines[1])
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, err
}

// The tiles of a log of n entries, and its bundles as tiles of level -1: spec/03-tiles.md,
// "Tiles" and "Entry bundles".
func tilesOf(n int64) (tiles, bundles []tlog.Tile) {
	all := tlog.NewTiles(tileHeight, 0, n)
	for i, tile := range all {
		// Older versions of the module list every width that a partial tile ever had.
		if i+1 < len(all) && all[i+1].L == tile.L && all[i+1].N == tile.N {
			continue
		}
		tiles = append(tiles, tile)
		if tile.L == 0 {
			bundles = append(bundles, tlog.Tile{H: tile.H, L: -1, N: tile.N, W: tile.W})
		}
	}
	return tiles, bundles
}

// The Go module names the height in its paths, C2SP does not: spec/03-tiles.md, "Paths".
func pathOf(tile tlog.Tile) string {
	path := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight))
	if tile.L == -1 {
		path = "entries/" + strings.TrimPrefix(path, "data/")
	}
	return "tile/" + path
}

func readEntries(folder string, n int64) ([][]byte, error) {
	var entries [][]byte
	_, bundles := tilesOf(n)
	for _, bundle := range bundles {
		path := pathOf(bundle)
		rest, err := os.ReadFile(filepath.Join(folder, path))
		if err != nil {
			return nil, err
		}
		for i := 0; i < bundle.W; i++ {
			if len(rest) < 2 || len(rest)-2 < int(binary.BigEndian.Uint16(rest)) {
				return nil, fmt.Errorf("%s: ends inside entry %d", path, i)
			}
			end := 2 + int(binary.BigEndian.Uint16(rest))
			entries = append(entries, rest[2:end])
			rest = rest[end:]
		}
		if len(rest) > 0 {
			return nil, fmt.Errorf("%s: goes on after its %d entries", path, bundle.W)
		}
	}
	return entries, nil
}

// All hashes of the tree, computed from the entries; what the tiles say is not used for them.
func hashEntries(entries [][]byte) (tlog.HashReader, error) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var hashes []tlog.Hash
		for _, index := range indexes {
			if index >= int64(len(stored)) {
				return nil, errors.New("a hash beyond the tree")
			}
			hashes = append(hashes, stored[index])
		}
		return hashes, nil
	})
	for i, entry := range entries {
		hashes, err := tlog.StoredHashes(int64(i), entry, reader)
		if err != nil {
			return nil, err
		}
		stored = append(stored, hashes...)
	}
	return reader, nil
}

func checkInclusion(entries [][]byte, head tlog.Tree, hashes tlog.HashReader) error {
	for i, entry := range entries {
		proof, err := tlog.ProveRecord(head.N, int64(i), hashes)
		if err != nil {
			return err
		}
		leaf := tlog.RecordHash(entry)
		if err := tlog.CheckRecord(proof, head.N, head.Hash, int64(i), leaf); err != nil {
			return fmt.Errorf("entry %d: %w", i, err)
		}
	}
	return nil
}

// Every tile has the computed bytes, and no other file is there: spec/03-tiles.md, "Verifying".
func checkFiles(folder string, n int64, hashes tlog.HashReader) error {
	known := map[string]bool{"checkpoint": true}
	tiles, bundles := tilesOf(n)
	for _, bundle := range bundles {
		known[pathOf(bundle)] = true
	}
	for _, tile := range tiles {
		path := pathOf(tile)
		known[path] = true
		computed, err := tlog.ReadTileData(tile, hashes)
		if err != nil {
			return err
		}
		found, err := os.ReadFile(filepath.Join(folder, path))
		if err != nil {
			return err
		}
		if !bytes.Equal(found, computed) {
			return fmt.Errorf("%s: not the hashes of the entries", path)
		}
	}
	return filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err == nil && !known[name] && !strings.HasSuffix(name, ".draft") {
			err = fmt.Errorf("%q: a file that the log does not have", name)
		}
		return err
	})
}

// The log only grew since the older checkpoint: spec/02-merkle.md, "Consistency".
func checkOlder(path string, keys note.Verifiers, head tlog.Tree, hashes tlog.HashReader) error {
	older, err := openCheckpoint(path, keys)
	if err != nil {
		return err
	}
	if older.N > head.N {
		return fmt.Errorf("rolled back: it had %d entries, now it has %d", older.N, head.N)
	}
	proof, err := tlog.ProveTree(head.N, older.N, hashes)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, head.N, head.Hash, older.N, older.Hash); err != nil {
		return fmt.Errorf("not grown from the older checkpoint: %w", err)
	}
	return nil
}
