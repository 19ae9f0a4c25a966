# make            builds mod_cors.so with apxs
# make install    installs it among httpd's modules
# make demo       shows real CORS exchanges with a private httpd
# make test       tests everything: lint, test-unit, fuzz, test-httpd,
#                 test-sanitized, test-valgrind, soak-short, test-browser
# make fuzz       looks for what breaks, FUZZ_SECONDS each target
# make soak       half a million requests, with restarts and faults
# make threads    looks for data races under load
# make coverage   tells what the tests do not reach
# make bench      tells what the module costs; takes ten minutes
# make clean
#
# All but the first two install the Debian packages that they need, unless they
# are there.

APXS ?= apxs

CORE    := $(sort $(wildcard src/core/*.c))
SERVER  := $(sort $(wildcard src/server/*.c))
SOURCES := mod_cors.c $(CORE) $(SERVER)
HEADERS := $(wildcard *.h src/*/*.h)
UNITS   := $(patsubst t/unit/%.c,build/unit/%.t,$(wildcard t/unit/*.c))

# An undeclared function would compile, and be missed when the module loads.
WARNINGS := -Werror=implicit-function-declaration -Wall -Wextra -Wconversion -Wno-sign-conversion \
            -Wno-missing-field-initializers
CSTD     := -std=gnu99
LTO      ?= -flto=auto
comma    := ,

# Looked up when a recipe needs them: apxs may not be installed yet.
HTTPD_CFLAGS = $$($(APXS) -q EXTRA_CPPFLAGS) -I$$($(APXS) -q INCLUDEDIR) \
               $$($(APXS) -q EXTRA_INCLUDES)
APR_CFLAGS   = $$(apr-1-config --cppflags --includes)
APR_LIBS     = $$(apr-1-config --link-ld --libs)

.PHONY: all install demo test test-unit test-httpd test-watched test-sanitized \
        test-valgrind test-browser fuzz fuzz-build fuzz-regress soak \
        soak-short threads coverage lint bench clean

all: mod_cors.so

# apxs compiles all sources at one go, which takes a few seconds.  What is inlined
# of one in another saves 200 to 300 instructions a request.
mod_cors.so: $(SOURCES) $(HEADERS) Makefile
	$(APXS) -c -o mod_cors.la -Wc,$(CSTD) -Wc,-fvisibility=hidden \
	    $(addprefix -Wc$(comma),$(LTO)) $(addprefix -Wl$(comma),$(LTO)) \
	    $(addprefix -Wc$(comma),$(WARNINGS)) $(SOURCES) -lpsl > build.log 2>&1 \
	    || { cat build.log; exit 1; }
	@grep -A3 'warning:' build.log || :
	cp .libs/mod_cors.so $@

install: mod_cors.so
	$(APXS) -i -n cors mod_cors.la

demo:
	sh t/packages.sh demo
	@$(MAKE) --no-print-directory all
	APXS=$(APXS) sh conf/demo.sh

test:
	sh t/packages.sh demo test watch fuzz browser
	@for part in lint test-unit fuzz test-httpd test-watched soak-short \
	        test-browser; do \
	    echo "== $$part"; \
	    $(MAKE) --no-print-directory $$part || exit 1; \
	done

# The core alone, without a server, under the sanitizers.
test-unit: $(UNITS)
	prove --failures --exec '' $(UNITS)

build/unit/%.t: t/unit/%.c t/unit/tap.h $(CORE) $(HEADERS)
	@mkdir -p build/unit
	$(CC) $(CSTD) $(WARNINGS) -Werror -g -O1 \
	    -fsanitize=address,undefined -fno-sanitize-recover=all \
	    $(APR_CFLAGS) -o $@ $< $(CORE) $(APR_LIBS)

# Over a real httpd.
test-httpd: mod_cors.so
	APXS=$(APXS) sh t/run.sh

# Over Chromium and Firefox.  What drives them comes from npm, once.
test-browser: mod_cors.so build/browser/installed
	APXS=$(APXS) sh t/browser/run.sh

build/browser/installed: t/browser/package.json t/browser/package-lock.json
	@mkdir -p build/browser
	cp t/browser/package.json t/browser/package-lock.json build/browser
	cd build/browser && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

# Both at once: they have nothing in common, and wait more than they work.
test-watched:
	@$(MAKE) --no-print-directory -j2 -Otarget test-sanitized test-valgrind

test-sanitized:
	sh t/packages.sh demo test
	APXS=$(APXS) sh t/sanitized.sh

test-valgrind:
	sh t/packages.sh demo test watch
	APXS=$(APXS) PORT=$${PORT:-8829} sh t/valgrind.sh

threads:
	sh t/packages.sh demo test
	APXS=$(APXS) sh t/threads.sh

soak:
	sh t/packages.sh demo test
	@$(MAKE) --no-print-directory all
	APXS=$(APXS) sh t/soak.sh

soak-short: mod_cors.so
	SOAK_REQUESTS=20000 SOAK_RESTARTS=3 APXS=$(APXS) sh t/soak.sh

# What the targets of the fuzzing share: the core, the directives, and what
# stands in for httpd.
FUZZ_SECONDS ?= 60
FUZZERS := $(patsubst t/fuzz/%.c,%,$(sort $(wildcard t/fuzz/*.c)))
FUZZED  := $(CORE) $(wildcard t/fuzz/lib/*.c) $(patsubst \
           %,src/server/cors_%.c,config lint lists review section suffix)
FUZZ_CC  = clang $(CSTD) $(WARNINGS) -Werror -g -O1 \
           -fsanitize=address,undefined -fno-sanitize-recover=all \
           $(HTTPD_CFLAGS) $(APR_CFLAGS)

fuzz:
	sh t/packages.sh demo fuzz
	@$(MAKE) --no-print-directory fuzz-build
	sh t/fuzz/run.sh $(FUZZ_SECONDS) $(FUZZERS)

# The seeds, and what was found in former times.
fuzz-regress: fuzz-build
	sh t/fuzz/run.sh replay $(FUZZERS)

fuzz-build: $(addprefix build/fuzz/,$(FUZZERS))

build/fuzz/%.o: %.c $(HEADERS) $(wildcard t/fuzz/lib/*.h)
	@mkdir -p $(@D)
	@echo "clang -fsanitize=fuzzer,address,undefined $<"
	@$(FUZZ_CC) -fsanitize=fuzzer-no-link -c -o $@ $<

$(addprefix build/fuzz/,$(FUZZERS)): build/fuzz/%: \
        build/fuzz/t/fuzz/%.o $(FUZZED:%.c=build/fuzz/%.o)
	@$(FUZZ_CC) -fsanitize=fuzzer -o $@ $^ $(APR_LIBS) -lpcre2-8 -lpsl

coverage:
	sh t/packages.sh demo test
	APXS=$(APXS) sh t/coverage.sh

# The limits let the analyzer finish, but for files that branch a lot.
ANALYZER := -O1 -fanalyzer --param analyzer-bb-explosion-factor=60 \
            --param analyzer-max-enodes-per-program-point=32

lint:
	@for cc in gcc clang; do \
	    echo "$$cc -Werror"; \
	    for source in $(SOURCES); do \
	        $$cc $(CSTD) $(WARNINGS) -Werror -fsyntax-only $(HTTPD_CFLAGS) \
	            $$source || exit 1; \
	    done; \
	done
	@echo "gcc -fanalyzer -Werror"; for source in $(SOURCES); do \
	    gcc $(CSTD) $(WARNINGS) -Werror $(ANALYZER) -c -o /dev/null \
	        $(HTTPD_CFLAGS) $$source || exit 1; \
	done
	cppcheck --quiet --std=c99 --error-exitcode=1 --inline-suppr \
	    --enable=warning,performance,portability $(SOURCES)
	clang-tidy --quiet $(SOURCES) -- $(CSTD) $(HTTPD_CFLAGS)

bench:
	sh t/packages.sh demo bench
	@$(MAKE) --no-print-directory all
	APXS=$(APXS) sh bench/run.sh mod_cors.so docs/growth.svg

clean:
	rm -rf build build.log mod_cors.so mod_cors.la .libs
	find . -path ./.git -prune -o \( -name '*.lo' -o -name '*.slo' \
	    -o -name '*.o' \) -exec rm -f {} +
	find src -name .libs -exec rm -rf {} +
