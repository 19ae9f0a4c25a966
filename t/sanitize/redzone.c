/* Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *     http://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

/* AddressSanitizer sees the blocks of malloc(), and APR cuts all that a module
 * has out of a few large ones.  Preloaded into httpd, this puts a red zone
 * behind each piece that comes of a pool: reading or writing beyond the end of
 * one is a report.
 *
 * A piece that is handed out is good again, whatever it was before.  Nodes go
 * to bucket allocators as well, without apr_palloc(), apr_pvsprintf() writes
 * into the pool itself, and a file may be mapped where a node was: these are
 * taken over for that reason. */

#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <apr_allocator.h>
#include <apr_pools.h>
#include <apr_strings.h>
#include <sanitizer/asan_interface.h>

#define RED_ZONE 16

APR_DECLARE(void *) apr_palloc(apr_pool_t *pool, apr_size_t size)
{
    static void *(*next)(apr_pool_t *, apr_size_t);
    const apr_size_t whole = APR_ALIGN_DEFAULT(size) + RED_ZONE;
    char *piece;

    if (!next) {
        next = (void *(*)(apr_pool_t *, apr_size_t))
               dlsym(RTLD_NEXT, "apr_palloc");
    }
    piece = next(pool, whole);
    if (piece) {
        __asan_unpoison_memory_region(piece, whole);
        __asan_poison_memory_region(piece + size, whole - size);
    }
    return piece;
}

APR_DECLARE_NONSTD(char *) apr_pvsprintf(apr_pool_t *pool, const char *format,
                                         va_list arguments)
{
    va_list again;
    apr_size_t size;
    char *text;

    /* APR's own formats: vsnprintf() of libc does not know them. */
    for (size = 256;; size *= 2) {
        text = malloc(size);
        va_copy(again, arguments);
        if ((apr_size_t)apr_vsnprintf(text, size, format, again) < size - 1) {
            break;
        }
        va_end(again);
        free(text);
    }
    va_end(again);
    format = apr_pstrdup(pool, text);
    free(text);
    return (char *)format;
}

APR_DECLARE(apr_memnode_t *) apr_allocator_alloc(apr_allocator_t *allocator,
                                                 apr_size_t size)
{
    static apr_memnode_t *(*next)(apr_allocator_t *, apr_size_t);
    apr_memnode_t *node;

    if (!next) {
        next = (apr_memnode_t *(*)(apr_allocator_t *, apr_size_t))
               dlsym(RTLD_NEXT, "apr_allocator_alloc");
    }
    node = next(allocator, size);
    if (node) {
        __asan_unpoison_memory_region(node->first_avail,
                                      node->endp - node->first_avail);
    }
    return node;
}

int munmap(void *start, size_t length)
{
    __asan_unpoison_memory_region(start, length);
    return (int)syscall(SYS_munmap, start, length);
}
