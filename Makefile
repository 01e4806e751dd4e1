# gocker: `make help` lists the targets. VERBOSE=1 shows the commands.
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SECONDARY:

ifeq ($(origin CC),default)
CC := gcc
endif
WARNINGS := -Wall -Wextra -Wshadow -Wvla -Werror
# Empty, so that a learner's own `#define _GNU_SOURCE` says the same.
CPPFLAGS := -D_GNU_SOURCE= -Icommon
CFLAGS   := -std=gnu17 -O2 -g -fstack-protector-strong
LDLIBS   := -lcurl -larchive -lcrypto
CHECK    := -lcheck -lsubunit -lm -lrt -lpthread
V        := $(if $(VERBOSE),,@)

chapters := $(sort $(notdir $(wildcard chapters/[0-9][0-9]-*)))
binaries := $(chapters:%=build/bin/%)
checks   := $(patsubst tests/%.c,%,$(wildcard tests/*/check_*.c))

# `make test` and its kin set everything up: install what is missing first, then build on all processors.
setup := $(if $(filter demo lab test test-% lint bench,$(MAKECMDGOALS)),deps)
MAKEFLAGS += $(if $(setup),-j$(shell nproc))

# The chapters up to $(1), itself included: those that sort before it.
upto = $(foreach c,$(chapters),$(if $(filter $(c),$(firstword $(sort $(c) $(1)))),$(c)))
reverse = $(if $(1),$(call reverse,$(wordlist 2,$(words $(1)),$(1))) $(firstword $(1)))

.PHONY: all
all: $(binaries) ## build every chapter's binary: build/bin/01-parse, ...

# A check program as it ships and sanitized.
tests_of = $(1:%=build/tests/%) $(1:%=build/asan/tests/%)

# ---- compiling: all of it once as it ships (build/obj) and once for the sanitizers (build/asan)

flags_obj  :=
flags_asan := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

# The directory in a source's name: 03-extract for chapters/03-extract/layer.c and for tests/03-extract/….
directory = $(word 2,$(subst /, ,$(1)))
# It sees the headers of its own chapter and of the chapters before (-iquote: a check.h of ours is not <check.h>).
includes = $(patsubst %,-iquotechapters/%,$(if $(filter common/%,$(1)),,$(call upto,$(call directory,$(1)))))
# And links their archives, the latest first.
archives = $(patsubst %,build/$(1)/lib%.a,$(call reverse,$(call upto,$(2))) common)
objects  = $(patsubst %.c,build/$(1)/%.o,$(filter-out %/main.c $(wildcard $(2)/check_*.c),$(wildcard $(2)/*.c)))

define variant # $(1): obj or asan
build/$(1)/%.o: %.c | $(setup)
	@mkdir -p $$(@D)
	$$(V)$$(CC) $$(CPPFLAGS) $$(if $$(filter tests/%,$$<),-Itests/support) $$(call includes,$$<) \
		$$(CFLAGS) $$(WARNINGS) $(flags_$(1)) -MMD -MP -c -o $$@ $$<

build/$(1)/libcommon.a: $(call objects,$(1),common)
build/$(1)/libtest.a: $(call objects,$(1),tests/support)
$(foreach c,$(chapters),build/$(1)/lib$(c).a: $(call objects,$(1),chapters/$(c))$(newline))
build/$(1)/lib%.a:
	$$(V)rm -f $$@ && ar rcs $$@ $$^
endef

define binary # $(1): obj or asan, $(2): the program, $(3): its object, $(4): archives of the tests, $(5): libraries
$(2): $(3) $(4) $(call archives,$(1),$(call directory,$(3:build/$(1)/%=%)))
	@mkdir -p $$(@D)
	$$(V)$$(CC) $(flags_$(1)) -o $$@ $$^ -Wl,--as-needed $(5) $$(LDLIBS)
endef

define newline


endef

$(foreach v,obj asan,$(eval $(call variant,$(v))))
$(foreach c,$(chapters),\
	$(eval $(call binary,obj,build/bin/$(c),build/obj/chapters/$(c)/main.o))\
	$(eval $(call binary,asan,build/asan/bin/$(c),build/asan/chapters/$(c)/main.o)))
$(foreach t,$(checks),\
	$(eval $(call binary,obj,build/tests/$(t),build/obj/tests/$(t).o,build/obj/libtest.a,$(CHECK)))\
	$(eval $(call binary,asan,build/asan/tests/$(t),build/asan/tests/$(t).o,build/asan/libtest.a,$(CHECK))))
-include $(wildcard build/*/*/*.d build/*/*/*/*.d)

# ---- the two commands, and their parts

.PHONY: demo
demo: deps build/bin/01-parse build/bin/04-chroot build/bin/07-cgroups ## set up all that is needed and run a Dockerfile from a registry on this machine
	$(V)tests/support/services.py --images busybox:latest tests/support/demo.sh

# CMD as it was typed, with the dollars that make would expand.
.PHONY: lab
lab: export LAB_CMD = $(value CMD)
lab: deps $(binaries) $(filter build/tests/%,$(CMD)) ## a virtual machine in which you are root: a shell, or CMD="…"
	$(V)tests/support/vm/run $${LAB_CMD:+bash -c "$$LAB_CMD"}

.PHONY: test-lab
test-lab: deps ## the tests of the lab itself
	$(V)tests/support/vm/selftest.py

.PHONY: test
test: deps $(call tests_of,$(checks)) $(binaries) $(binaries:build/%=build/asan/%) ## all tests
	$(V)tests/support/services.py tests/run

# tests/NN-name is tested by `make test-NN`, tests/common by `make test-common`.
define test_target # $(1): the directory, $(2): the chapters whose binaries its tests run
.PHONY: test-$(firstword $(subst -, ,$(1)))
test-$(firstword $(subst -, ,$(1))): deps $(call tests_of,$(filter $(1)/%,$(checks))) \
		$(foreach c,$(2),build/bin/$(c) build/asan/bin/$(c) $(call tests_of,$(filter $(c)/%,$(checks))))
	$(V)tests/support/services.py tests/run $(firstword $(subst -, ,$(1)))
endef
$(foreach d,$(sort $(dir $(checks))),$(eval $(call test_target,$(d:%/=%),$(filter $(call upto,$(d:%/=%)),$(chapters)))))

.PHONY: test-NN
test-NN: ## the tests of one chapter (test-01 ...), of the common code or the test support
	@echo "which? $(foreach d,$(sort $(dir $(checks))),test-$(firstword $(subst -, ,$(d:%/=%))))"; exit 1

.PHONY: deps
deps: ## install the Debian packages that are missing
	$(V)tests/support/deps.sh build $(if $(filter-out lab,$(MAKECMDGOALS)),demo test) $(filter lab lint bench,$(MAKECMDGOALS))

.PHONY: bench
bench: deps build/bin/03-extract ## time and memory of pull and extract beside skopeo and umoci
	$(V)tests/support/services.py --images busybox:latest tests/bench/run.py

# ---- lint: a stamp a source file, made again when the file or a header changes
# varFuncNullUB: glibc's NULL is a pointer, so it may end a list of arguments.

sources := $(wildcard common/*.c chapters/*/*.c chapters/*/*/*.c tests/*/*.c exercises/runner/*.c exercises/[0-9]*/*/*.c)
headers := $(wildcard common/*.h chapters/*/*.h tests/*/*.h exercises/runner/*.h exercises/[0-9]*/*/*.h)
scripts := .ci/run $(wildcard tests/run tests/*/run tests/*/*.sh slides/*.sh) tests/support/vm/prepare tests/support/vm/init
lint_flags = $(CPPFLAGS) $(if $(filter tests/% exercises/%,$<),-Itests/support) \
	$(if $(filter exercises/%,$<),-Iexercises/runner -I$(<D)) $(call includes,$<) $(CFLAGS) $(WARNINGS)

build/lint/%.ok: %.c $(headers) .clang-tidy | $(setup)
	@mkdir -p $(@D)
	$(V)gcc $(lint_flags) -fanalyzer -c -o $(@:.ok=.o) $<
	$(V)clang $(lint_flags) -fsyntax-only $<
	$(V)clang-tidy --quiet --warnings-as-errors='*' $< -- $(lint_flags) 2>$(@:.ok=.log)
	@touch $@

.PHONY: lint
lint: $(sources:%.c=build/lint/%.ok) ## warnings of two compilers, static analysis, format, scripts
	$(V)clang-format --dry-run -Werror $(sources) $(headers)
	$(V)cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability \
		--inline-suppr --suppress=missingIncludeSystem --suppress=varFuncNullUB -j2 -D_GNU_SOURCE -Icommon -Itests/support \
		$(chapters:%=-Ichapters/%) -Iexercises/runner common chapters tests exercises -i wrong
	$(V)shellcheck $(scripts)
	$(V)python3 -B -c 'import ast, sys; [ast.parse(open(f).read(), f) for f in sys.argv[1:]]' tests/*/*.py tests/support/vm/run \
		chapters/*/*/*.py exercises/runner/*.py slides/*.py

.PHONY: format
format: ## clang-format on all C sources
	$(V)clang-format -i $(sources) $(headers)

# ---- exercises: exercises/runner does the work; EX is 07.1. For progress, grade, classroom and prove it may be a chapter,
#      or several of either, and CH=07 means EX=07: whatsnew and checkpoint have taught people to type it.

.PHONY: start check hint solution watch progress grade classroom prove
start: ## begin an exercise (EX=07.1): its starter goes to work/; FORCE=1 begins anew
	$(V)exercises/runner/run start $(EX) $(if $(FORCE),--force)
check: ## check your answer to an exercise (EX=07.1)
	$(V)exercises/runner/run check $(EX)
hint: ## the next hint for an exercise (EX=07.1); AGAIN=1 shows those you have read
	$(V)exercises/runner/run hint $(EX) $(if $(AGAIN),--again)
solution: ## the solution of an exercise that passed (EX=07.1); FORCE=1 shows it before
	$(V)exercises/runner/run solution $(EX) $(if $(FORCE),--force)
watch: ## check each answer as it is saved; POLL=1 for shared folders
	$(V)exercises/runner/run watch $(if $(POLL),--poll)
progress: ## which exercises there are, and how far you are; CH=07 for one chapter
	$(V)exercises/runner/run progress $(EX) $(CH)
grade: ## check all answers, or EX's: build/grade.json, as Gradescope reads it
	$(V)exercises/runner/run grade $(EX) $(CH)
classroom: ## build/classroom.yml, a workflow for GitHub Classroom
	$(V)exercises/runner/run classroom $(EX) $(CH)
prove: ## test the exercises: starters fail, solutions pass, mistakes are rejected
	$(V)exercises/runner/prove $(EX) $(CH)

# What the runner asks for: CHAPTER's archives and binary in VARIANT (obj or asan), and how its own files are
# compiled and linked with them.
.PHONY: exercise-build
exercise-build: $(if $(CHAPTER),build/$(VARIANT)/libtest.a $(call archives,$(VARIANT),$(CHAPTER)) \
		$(patsubst %,$(if $(filter asan,$(VARIANT)),build/asan,build)/bin/%,$(filter $(CHAPTER),$(chapters))))
	@echo 'exercise: compile=$(CC) $(CPPFLAGS) $(CFLAGS) $(WARNINGS) $(flags_$(VARIANT))'
	@echo 'exercise: includes=$(patsubst %,-Ichapters/%,$(call upto,$(CHAPTER)))'
	@echo 'exercise: link=$(CC) $(flags_$(VARIANT))'
	@echo 'exercise: libraries=build/$(VARIANT)/libtest.a $(call archives,$(VARIANT),$(CHAPTER))' \
		'-Wl,--as-needed $(CHECK) $(LDLIBS)'

# ---- fuzz: the targets of tests/fuzz, with a driver of ours for `make test`, with clang's libFuzzer for `make fuzz`

fuzz_targets := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
flags_fuzz := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

build/fuzz/%: CC := clang
$(eval $(call variant,fuzz))
$(foreach t,$(fuzz_targets),\
	$(eval $(call binary,asan,build/asan/tests/fuzz/$(t),build/asan/tests/fuzz/$(t).o,\
		build/asan/tests/fuzz/driver.o build/asan/tests/fuzz/sandbox.o))\
	$(eval $(call binary,fuzz,build/fuzz/bin/$(t),build/fuzz/tests/fuzz/$(t).o,\
		build/fuzz/tests/fuzz/sandbox.o,-fsanitize=fuzzer)))

test: $(fuzz_targets:%=build/asan/tests/fuzz/%)

.PHONY: fuzz
fuzz: $(fuzz_targets:%=build/fuzz/bin/%) ## look for inputs that break something, FUZZ_SECONDS=60 a target
	$(V)tests/fuzz/run --long

# ---- the rest

.PHONY: clean
clean: ## remove everything made
	rm -rf build

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-zA-Z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# ---- lessons: their code comes from the sources, their commands are run

.PHONY: sync
sync: ## rewrite the code in lessons and slides from the sources
	$(V)tests/lessons/sync.py

.PHONY: test-lessons
test-lessons: deps $(binaries) ## the lessons: code, commands, links, and what they leave untaught
	$(V)tests/support/services.py tests/lessons/run.py

.PHONY: whatsnew
whatsnew: $(patsubst %,build/bin/%,$(call upto,$(CH)~)) ## what a chapter adds to the one before: CH=07
	$(V)tests/lessons/whatsnew.py $(CH)

.PHONY: doctor
doctor: ## what this machine can do, which chapters that allows, and how to mend the rest
	$(V)command -v python3 >/dev/null || { echo "python3 is missing; make deps installs it"; exit 1; }
	$(V)tests/support/doctor

# ---- slides: Markdown in slides/, made into HTML and PDF by marp-core (npm) and Chromium

build/slides/tool/.installed: slides/package.json slides/package-lock.json
	@for program in node npm; do command -v $$program >/dev/null || { \
		echo "$$program is missing. Debian: apt-get install nodejs npm chromium fonts-dejavu-core" >&2; exit 1; }; done
	@mkdir -p $(@D) && cp $^ $(@D)
	$(V)npm ci --prefix $(@D) --ignore-scripts --no-audit --no-fund --loglevel=error \
		--fetch-retries=1 --fetch-retry-mintimeout=1000 >/dev/null
	@touch $@

.PHONY: slides pictures schedule checkpoint test-slides
slides: build/slides/tool/.installed ## the slides, HTML and PDF: build/slides/index.html
	$(V)slides/build.mjs
pictures: ## the SVG pictures of lessons and slides, from the drawings (.drawing) beside them
	$(V)slides/pictures.py
schedule: ## the schedules in slides/INSTRUCTOR.md, from the minutes of slides, lessons, exercises
	$(V)slides/schedule.py
checkpoint: ## a tree that works up to a chapter, for those who fell behind: CH=04
	$(V)slides/checkpoint.sh "$(CH)" $(if $(FORCE),--force)
test-slides: $(binaries) ## the slides: they fit, load nothing, can be read; code, pictures, schedule
	$(V)tests/slides/run.py
