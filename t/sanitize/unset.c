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


/* Valgrind knows what malloc() gives is not set, but not that what APR cuts out
 * of it anew is set no longer.  Preloaded into httpd, this tells it. */

#include <dlfcn.h>

#include <apr_pools.h>
#include <valgrind/memcheck.h>

APR_DECLARE(void *) apr_palloc(apr_pool_t *pool, apr_size_t size)
{
    static void *(*next)(apr_pool_t *, apr_size_t);
    void *piece;

    if (!next) {
        next = (void *(*)(apr_pool_t *, apr_size_t))
               dlsym(RTLD_NEXT, "apr_palloc");
    }
    piece = next(pool, size);
    if (piece) {
        (void)VALGRIND_MAKE_MEM_UNDEFINED(piece, size);
    }
    return piece;
}
