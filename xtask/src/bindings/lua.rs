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
    /// Whose programs and modules it runs.
    version: &'static str,
}

const LUAS: [Lua; 5] = [
    Lua { program: "lua5.1", feature: "lua51", version: "5.1" },
    Lua { program: "lua5.2", feature: "lua52", version: "5.2" },
    Lua { program: "lua5.3", feature: "lua53", version: "5.3" },
    Lua { program: "lua5.4", feature: "lua54", version: "5.4" },
    Lua { program: "luajit", feature: "luajit", version: "5.1" },
];

const RDIFF: &str = "rollsync-lua-rdiff";
const RSYNC: &str = "rollsync-lua-rsync";

fn test(run: &mut Run<'_>) -> Result<(), String> {
    let folder = target_folder().join("bindings/lua");
    check(cargo().args(["build", "--quiet", "-p", RSYNC]))?;
    place("librollsync_luapower.so", &folder.join("luajit/rollsync_luapower.so"))?;
    for lua in &LUAS {
        let Lua { program, feature, .. } = lua;
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
            run(&mut lua.tests("rsync_limits_test", &folder))?;
        }
        if works(program, &["-e", "require 'socket'"]) {
            run(&mut lua.tests("upload_test", &folder))?;
        } else {
            skipped(run, &format!("no lua-socket for {program}: the upload example is not run with it"))?;
        }
    }
    threads(run, &folder)?;
    if !works("luarocks", &["--version"]) {
        return skipped(run, "no luarocks: no rock is built");
    }
    LUAS.iter().filter(|lua| works(lua.program, &["-v"])).try_for_each(|lua| lua.rocks(run, &folder))
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

    /// Builds its rocks with `luarocks make` into a tree of their own, and uses them from there.
    fn rocks(&self, run: &mut Run<'_>, folder: &Path) -> Result<(), String> {
        let Self { program, version, .. } = self;
        if !Path::new(&format!("/usr/include/lua{version}/lua.h")).exists() {
            let why = format!("no headers of Lua {version}, without which luarocks builds no rock");
            return skipped(run, &format!("{why}: none is built for {program}"));
        }
        let tree = folder.join("rocks").join(program);
        let modules = if *program == "luajit" { &["rdiff", "rsync"][..] } else { &["rdiff"] };
        for module in modules {
            let mut make = command("luarocks");
            make.current_dir(repo().join("bindings/lua").join(module));
            make.args(["--lua-version", version, "--tree"]).arg(&tree).args(["make", "--no-manifest"]);
            // The same folder as for the tests: what the rock is linked from is built by then.
            make.env("CARGO_TARGET_DIR", target_folder()).env("CARGO_PROFILE", "dev");
            // It takes LuaJIT for a Lua 5.1, unless it is told.
            make.arg(format!("rollsync-{module}-0.1.0-1.rockspec")).arg(format!("LUA={program}"));
            check(&mut make)?;
        }
        let mut tests = self.tests("rock_test", folder);
        tests.env(
            "LUA_PATH",
            format!("bindings/lua/tests/?.lua;{}/share/lua/{version}/?.lua", tree.display()),
        );
        tests.env("LUA_CPATH", format!("{}/lib/lua/{version}/?.so", tree.display()));
        run(&mut tests)
    }
}

/// The Lua with which two threads are tested.
const THREADS_LUA: &str = "lua5.4";

/// Its library.
const SHARED: &str = "liblua5.4.so.0";

/// Runs two threads, each with a Lua of its own: a program in Python makes them.
fn threads(run: &mut Run<'_>, folder: &Path) -> Result<(), String> {
    if !folder.join(THREADS_LUA).exists() {
        return skipped(run, &format!("no {THREADS_LUA}: two threads with a Lua each are not tested"));
    }
    if !works("python3", &["-c", &format!("import ctypes; ctypes.CDLL('{SHARED}')")]) {
        return skipped(
            run,
            &format!("no python3 or no {SHARED}: two threads with a Lua each are not tested"),
        );
    }
    let mut tests = command("python3");
    tests.args(["bindings/lua/tests/threads.py", SHARED]);
    tests.env("LUA_PATH", "bindings/lua/tests/?.lua");
    tests.env("LUA_CPATH", format!("{}/?.so", folder.join(THREADS_LUA).display()));
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
