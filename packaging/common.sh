# What the scripts in this folder share; they source it from the top of the repository.

die() { echo "packaging/$(basename "$0"): $*" >&2; exit 1; }

# Installs a Debian package unless the command that it brings is there.
need() {
    local command=$1 package=${2:-$1} become=()
    command -v "$command" >/dev/null && return
    if [ "$(id -u)" != 0 ]; then become=(sudo -n); fi
    { "${become[@]}" apt-get update && DEBIAN_FRONTEND=noninteractive "${become[@]}" apt-get install -y --no-install-recommends "$package"; } >&2 ||
        die "$command is missing: install it with apt-get install $package"
}

# Reads `[--binary FILE] [--to FOLDER] [extra options]` into $binary, $to and $extra.
# Without a file the static release is built; without a folder packages go beside Cargo's results.
options() {
    binary='' to='' extra=()
    while [ $# -gt 0 ]; do
        case $1 in
            --binary | --to) [ $# -gt 1 ] || die "$1 takes a path" ;;&
            --binary) binary=$2; shift ;;
            --to) to=$2; shift ;;
            *) extra+=("$1") ;;
        esac
        shift
    done
    binary=${binary:-$(packaging/build-static | tail -1)}
    [ -x "$binary" ] || die "$binary is no program: name the static release with --binary"
    to=${to:-${CARGO_TARGET_DIR:-target}/packages}
    mkdir -p "$to"
    to=$(realpath "$to")
}

# Debian's and the image's word for the processor that the binary is for.
architecture() {
    case $(LC_ALL=C readelf --file-header "$1" | sed -n 's/^ *Machine: *//p') in
        *X86-64) echo amd64 ;;
        AArch64) echo arm64 ;;
        *) die "$1 is for no processor that packages are made for: amd64 or arm64" ;;
    esac
}

version=$(sed -n '/^\[package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)
commit=${TAKEHOLD_COMMIT:-$(git rev-parse HEAD 2>/dev/null || echo unknown)}
# The same sources give the same bytes: every date in a package is the commit's.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
