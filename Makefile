# make            builds mod_cors.so with apxs
# make install    installs it into httpd's modules directory
# make demo       a private httpd on a loopback port, real CORS exchanges
# make test       everything that is tested
# make bench      what the module costs
APXS ?= apxs
CORE_SOURCES   := $(sort $(wildcard src/core/*.c))
SERVER_SOURCES := $(sort $(wildcard src/server/*.c))
SOURCES := mod_cors.c $(CORE_SOURCES) $(SERVER_SOURCES)
HEADERS := $(wildcard *.h src/*/*.h)
WARNINGS := -Wall -Wextra -Wconversion -Wno-sign-conversion \
            -Wno-missing-field-initializers -Werror
MODULE_CFLAGS := -std=gnu99 -fvisibility=hidden $(WARNINGS)
COMMA := ,

.PHONY: all install demo test test-unit test-httpd lint bench clean packages

all: mod_cors.so

mod_cors.so: $(SOURCES) $(HEADERS)
	$(APXS) -c -o mod_cors.la $(addprefix -Wc$(COMMA),$(MODULE_CFLAGS)) $(SOURCES)
	cp .libs/mod_cors.so $@
