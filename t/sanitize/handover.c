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


/* ThreadSanitizer sees what threads do with mutexes and with the memory of what
 * is built for it, which neither httpd nor APR is.  Preloaded into httpd, this
 * tells it more:
 *
 * - event hands pools from thread to thread with atomic operations: what has
 *   been done with the memory of an allocator is done when a pool is emptied,
 *   before it is handed out again;
 * - taking from a pool writes to it, and hashes are read and written. */

#include <dlfcn.h>

#include <apr_hash.h>
#include <apr_pools.h>

void __tsan_acquire(void *address);
void __tsan_release(void *address);
void __tsan_read1(void *address);
void __tsan_write1(void *address);

/* The function of the same name that this takes the place of. */
#define NEXT(name) \
    static __typeof__(&name) next; \
    if (!next) { \
        next = (__typeof__(&name))dlsym(RTLD_NEXT, #name); \
    }

APR_DECLARE(void *) apr_palloc(apr_pool_t *pool, apr_size_t size)
{
    NEXT(apr_palloc)
    __tsan_acquire(apr_pool_allocator_get(pool));
    __tsan_write1(pool);
    return next(pool, size);
}

APR_DECLARE(void) apr_pool_clear(apr_pool_t *pool)
{
    NEXT(apr_pool_clear)
    __tsan_release(apr_pool_allocator_get(pool));
    next(pool);
}

APR_DECLARE(void) apr_pool_destroy(apr_pool_t *pool)
{
    NEXT(apr_pool_destroy)
    __tsan_release(apr_pool_allocator_get(pool));
    next(pool);
}

APR_DECLARE(void *) apr_hash_get(apr_hash_t *hash, const void *key,
                                 apr_ssize_t length)
{
    NEXT(apr_hash_get)
    __tsan_read1(hash);
    return next(hash, key, length);
}

APR_DECLARE(unsigned int) apr_hash_count(apr_hash_t *hash)
{
    NEXT(apr_hash_count)
    __tsan_read1(hash);
    return next(hash);
}

APR_DECLARE(void) apr_hash_set(apr_hash_t *hash, const void *key,
                               apr_ssize_t length, const void *value)
{
    NEXT(apr_hash_set)
    __tsan_write1(hash);
    next(hash, key, length, value);
}
