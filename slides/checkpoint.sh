#!/bin/sh
# Give somebody who fell behind a tree that works up to a chapter.
#
#     checkpoint.sh 04 [--force]     make checkpoint CH=04
#
# It is a copy, work/checkpoint-04: the code, tests and exercises of chapters 1 to 4, and the solutions of the
# exercises before chapter 4 as answers. It builds as the whole does. An older copy stays unless forced, because
# somebody may have worked in it; then it is moved aside.
set -eu
cd "$(dirname "$0")/.."

chapter=${1:-}
case $chapter in
[0-9][0-9]) ;;
*)
    echo "Which chapter? make checkpoint CH=04" >&2
    exit 1
    ;;
esac
if ! ls -d chapters/"$chapter"-* >/dev/null 2>&1; then
    echo "There is no chapter $chapter. There are: $(cd chapters && echo [0-9][0-9]-*)" >&2
    exit 1
fi
goal=${CHECKPOINT_DIR:-work/checkpoint-$chapter}
if [ -e "$goal" ] && [ "${2:-}" != --force ]; then
    echo "$goal is there already. FORCE=1 makes it anew and keeps the old one beside it." >&2
    exit 1
fi

# Is the directory NN-name one of the chapters up to this one, or of none?
wanted() {
    case $1 in
    [0-9][0-9]-*) [ "${1%%-*}" -le "$chapter" ] ;;
    *) true ;;
    esac
}

new=$goal.new
rm -rf "$new"
mkdir -p "$new"
trap 'rm -rf "$new"' EXIT
cp -a Makefile LICENSE common "$new"
for file in README.md .clang-format .clang-tidy .gitignore; do
    [ ! -e "$file" ] || cp -a "$file" "$new"
done
for part in chapters tests exercises slides; do
    mkdir "$new/$part"
    for from in "$part"/*; do
        if wanted "$(basename "$from")"; then
            cp -a "$from" "$new/$part"
        fi
    done
done

for solution in exercises/[0-9][0-9]-*/[0-9]*/solution.*; do
    [ -e "$solution" ] || continue
    exercise=$(dirname "$solution")
    from=$(basename "$(dirname "$exercise")")
    from=${from%%-*}
    number=$(basename "$exercise")
    if [ "$from" -lt "$chapter" ]; then
        mkdir -p "$new/work/$from.${number%%-*}"
        cp "$solution" "$new/work/$from.${number%%-*}/answer.${solution##*.}"
    fi
done

if [ -e "$goal" ]; then
    old=$goal.$(date +%H%M%S)
    mv "$goal" "$old"
    echo "The old one is $old"
fi
mv "$new" "$goal"
trap - EXIT
echo "$goal: chapters 1 to ${chapter#0}. Go on there: cd $goal && make && make progress"
