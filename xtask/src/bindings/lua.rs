//! Lua: `rdiff` under each of the five Luas, luapower's `rsync` under LuaJIT.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Binding, Run, exchange};
use crate::process::{cargo, check, command, repo, target_folder, works};

pub(crate) const BINDING: Binding = Binding { name: "lua", test, read_others: Some(read_others) };

/// A Lua: its program, which is also the name of Debian's package, and the feature with which the module is built for it.
struct Lua {
    program: &'static str,
    feature: &'static str,
}

const LUAS: [Lua; 5] = [
    Lua { program: "lua5.1", feature: "lua51" },
    Lua { program: "lua5.2", feature: "lua52" },
    Lua { program: "lua5.3", feature: "lua53" },
    Lua { program: "lua5.4", feature: "lua54" },
    Lua { program: "luajit", feature: "luajit" },
];

const RDIFF: &str = "rollsync-lua-rdiff";
const RSYNC: &str = "rollsync-lua-rsync";

fn test(run: &mut Run<'_>) -> Result<(), String> {
    let folder = target_folder().join("bindings/lua");
    check(cargo().args(["build", "--quiet", "-p", RSYNC]))?;
    place("librollsync_luapower.so", &folder.join("luajit/rollsync_luapower.so"))?;
    for lua in &LUAS {
        let Lua { program, feature } = lua;
        if !works(program, &["-v"]) {
            skipped(run, &format!("no {program}: the Lua module is not tested with it"))?;
            continue;
        }
        check(cargo().args([
            "build",
            "--quiet",
            "-p",
            RDIFF,
            "--no-default-features",
            "--features",
            feature,
        ]))?;
        place("librollsync_rdiff.so", &folder.join(program).join("rdiff.so"))?;
        run(&mut lua.tests("rdiff_test", &folder))?;
        if *program == "luajit" {
            run(&mut lua.tests("rsync_test", &folder))?;
        }
        if works(program, &["-e", "require 'socket'"]) {
            run(&mut lua.tests("upload_test", &folder))?;
        } else {
            skipped(run, &format!("no lua-socket for {program}: the upload example is not run with it"))?;
        }
    }
    if !works(ROCK_LUA, &["-v"]) {
        return skipped(run, &format!("no {ROCK_LUA}: no two threads with a Lua each, and no rock"));
    }
    threads(run, &folder)?;
    if works("luarocks", &["--version"]) {
        rock(run, &folder)
    } else {
        skipped(run, "no luarocks: no rock is built")
    }
}

fn read_others(run: &mut Run<'_>) -> Result<(), String> {
    let folder = target_folder().join("bindings/lua");
    let there = LUAS.iter().find(|lua| folder.join(lua.program).join("rdiff.so").exists());
    there.map_or(Ok(()), |lua| run(&mut lua.tests("exchange_test", &folder)))
}

impl Lua {
    /// Runs a program of tests, with the module built for this Lua.
    fn tests(&self, name: &str, folder: &Path) -> Command {
        let mut tests = command(self.program);
        tests.arg(format!("bindings/lua/tests/{name}.lua"));
        let sources = ["tests/?.lua", "rdiff/lua/?.lua", "rsync/lua/?.lua", "examples/?.lua"];
        let sources = sources.map(|place| format!("bindings/lua/{place};")).concat();
        tests.env("LUA_PATH", sources + ";;");
        tests.env("LUA_CPATH", format!("{}/?.so;;", folder.join(self.program).display()));
        tests.env("ROLLSYNC_EXCHANGE", exchange::folder());
        // What these say goes before what is set here.
        for version in ["5_2", "5_3", "5_4"] {
            tests.env_remove(format!("LUA_PATH_{version}")).env_remove(format!("LUA_CPATH_{version}"));
        }
        tests
    }
}

/// The Lua with which two threads and the rock are tested.
const ROCK_LUA: &str = "lua5.4";

/// Its library, with which two threads are tested.
const SHARED: &str = "liblua5.4.so.0";

/// Runs two threads, each with a Lua of its own: a program in Python makes them.
fn threads(run: &mut Run<'_>, folder: &Path) -> Result<(), String> {
    if !works("python3", &["-c", &format!("import ctypes; ctypes.CDLL('{SHARED}')")]) {
        return skipped(
            run,
            &format!("no python3 or no {SHARED}: two threads with a Lua each are not tested"),
        );
    }
    let mut tests = command("python3");
    tests.args(["bindings/lua/tests/threads.py", SHARED]);
    tests.env("LUA_PATH", "bindings/lua/tests/?.lua");
    tests.env("LUA_CPATH", format!("{}/?.so", folder.join(ROCK_LUA).display()));
    run(&mut tests)
}

/// Builds the rock of Lua 5.4 with `luarocks make` into a tree of its own, and uses it from there.
fn rock(run: &mut Run<'_>, folder: &Path) -> Result<(), String> {
    let tree = folder.join("rocks");
    let mut make = command("luarocks");
    make.current_dir(repo().join("bindings/lua/rdiff"));
    make.args(["--lua-version", "5.4", "--tree"]).arg(&tree).args(["make", "--no-manifest"]);
    // The same folder as for the tests: what the rock is linked from is built by then.
    make.env("CARGO_TARGET_DIR", target_folder()).env("CARGO_PROFILE", "dev");
    check(make.arg("rollsync-rdiff-0.1.0-1.rockspec"))?;
    let mut tests = command(ROCK_LUA);
    tests.arg("bindings/lua/tests/rock_test.lua");
    tests.env("LUA_PATH", format!("bindings/lua/tests/?.lua;{}/share/lua/5.4/?.lua", tree.display()));
    tests.env("LUA_CPATH", format!("{}/lib/lua/5.4/?.so", tree.display()));
    run(&mut tests)
}

/// Copies what cargo has built.
fn place(built: &str, to: &Path) -> Result<(), String> {
    let from: PathBuf = target_folder().join("debug").join(built);
    let copied = to.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| {
        // A file that a program has loaded is replaced, not written over.
        let _ = fs::remove_file(to);
        fs::copy(&from, to)
    });
    copied.map(drop).map_err(|e| format!("{} to {}: {e}", from.display(), to.display()))
}

fn skipped(run: &mut Run<'_>, what: &str) -> Result<(), String> {
    run(command("echo").arg(format!("SKIPPED: {what}")))
}
