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

#ifndef MOD_CORS_H
#define MOD_CORS_H

/**
 * @file mod_cors.h
 * What other modules may use.
 *
 * The verdict on a request stands in its subprocess_env from fixups on, and
 * for a request that fails before from the moment at which its error response
 * is made.  It follows internal redirects.
 */

/** "none", "actual" or "preflight"; unset where no policy is in force. */
#define CORS_ENV_REQUEST "CORS_REQUEST"

/** "granted" or "refused"; unset if there is nothing to grant. */
#define CORS_ENV_VERDICT "CORS_VERDICT"

/** Why it is refused, in the words of docs/mod_cors.md; unset otherwise. */
#define CORS_ENV_REASON "CORS_REASON"

#endif /* MOD_CORS_H */
