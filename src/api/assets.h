// The files the program carries in itself: the page and the API's description, compressed at build time.
// Which they are says cmake/embed_assets.cmake; how they are answered is not decided here.
#pragma once

#include <span>
#include <string_view>

namespace tinychat::api {

// Immutable, lives as long as the program, any thread.
struct Asset {
  std::string_view path;  // in a URL
  std::string_view content_type;
  // The same content in three codings.
  std::string_view identity;
  std::string_view gzip;
  std::string_view brotli;
  // Strong, with its quotes; from the content's hash. It names the identity coding: an answer in another
  // coding has other bytes, so it needs another tag.
  std::string_view etag;
};

// All of them.
[[nodiscard]] std::span<const Asset> assets();

// The one at exactly this path, or nullptr.
[[nodiscard]] const Asset* find_asset(std::string_view path);

}  // namespace tinychat::api
