# gocker: `make help` lists the targets. VERBOSE=1 shows the commands.
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SECONDARY:

ifeq ($(origin CC),default)
CC := gcc
endif
WARNINGS := -Wall -Wextra -Wshadow -Wvla -Werror
CPPFLAGS := -D_GNU_SOURCE -Icommon
CFLAGS   := -std=gnu17 -O2 -g -fstack-protector-strong
LDLIBS   := -lcurl -larchive -lcrypto
CHECK    := -lcheck -lsubunit -lm -lrt -lpthread
V        := $(if $(VERBOSE),,@)

chapters := $(sort $(notdir $(wildcard chapters/[0-9][0-9]-*)))
binaries := $(chapters:%=build/bin/%)
checks   := $(patsubst tests/%.c,%,$(wildcard tests/*/check_*.c))

# The chapters up to $(1), itself included: those that sort before it.
upto = $(foreach c,$(chapters),$(if $(filter $(c),$(firstword $(sort $(c) $(1)))),$(c)))
reverse = $(if $(1),$(call reverse,$(wordlist 2,$(words $(1)),$(1))) $(firstword $(1)))

.PHONY: all
all: $(binaries) ## build every chapter's binary: build/bin/01-parse, ...

# ---- compiling: all of it once as it ships (build/obj) and once for the sanitizers (build/asan)

flags_obj  :=
flags_asan := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

# The directory in a source's name: 03-extract for chapters/03-extract/layer.c and for tests/03-extract/….
directory = $(word 2,$(subst /, ,$(1)))
# It sees the headers of its own chapter and of the chapters before.
includes = $(patsubst %,-Ichapters/%,$(if $(filter common/%,$(1)),,$(call upto,$(call directory,$(1)))))
# And links their archives, the latest first.
archives = $(patsubst %,build/$(1)/lib%.a,$(call reverse,$(call upto,$(2))) common)
objects  = $(patsubst %.c,build/$(1)/%.o,$(filter-out %/main.c %/check_%.c,$(wildcard $(2)/*.c)))

define variant # $(1): obj or asan
build/$(1)/%.o: %.c
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

# ---- the rest

.PHONY: clean
clean: ## remove everything made
	rm -rf build

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
