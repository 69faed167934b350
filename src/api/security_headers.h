// What tells browsers how far to trust an answer: nothing of ours is to be guessed at, framed, or read by
// pages of other origins that are not allowed to (see cors.h for those that are). Encryption is a proxy's,
// and so is saying that it is required.
#pragma once

#include "net/http.h"

namespace tinychat::api {

// For every answer.
void protect(net::Response& response);
// For an answer that is data, and shows nothing if it is opened as a page.
void protect_data(net::Response& response);
// For the files of the page; `may_run`: it is a document, or a worker.
void protect_asset(net::Response& response, bool may_run);

}  // namespace tinychat::api
