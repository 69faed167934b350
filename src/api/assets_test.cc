#include "api/assets.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace tinychat::api::assets_test {

TEST(Assets, AreFoundByTheirExactPath) {
  for (const char* path : {"/", "/assets/app.js", "/assets/style.css", "/favicon.svg", "/openapi.yaml"}) {
    const Asset* asset = find_asset(path);
    ASSERT_NE(asset, nullptr) << path;
    EXPECT_EQ(asset->path, path);
  }
  EXPECT_EQ(find_asset(""), nullptr);
  EXPECT_EQ(find_asset("/assets/app.js/"), nullptr);
  EXPECT_EQ(find_asset("/assets/"), nullptr);
}

TEST(Assets, AreWholeInEachCoding) {
  EXPECT_TRUE(find_asset("/")->identity.starts_with("<!doctype html>"));
  EXPECT_TRUE(find_asset("/")->identity.ends_with("</html>\n"));
  for (const Asset& asset : assets()) {
    if (asset.content_type == "image/png") {
      EXPECT_EQ(asset.gzip, "") << "compressed twice: " << asset.path;
      EXPECT_EQ(asset.brotli, "") << "compressed twice: " << asset.path;
      continue;
    }
    EXPECT_TRUE(asset.gzip.starts_with("\x1f\x8b\x08")) << asset.path;
    // A gzip member ends with its content's length, little-endian.
    const std::string_view tail = asset.gzip.substr(asset.gzip.size() - 4);
    std::size_t length = 0;
    for (std::size_t i = 4; i-- > 0;) length = length << 8 | static_cast<unsigned char>(tail[i]);
    EXPECT_EQ(length, asset.identity.size()) << asset.path;
    EXPECT_GT(asset.brotli.size(), 0U) << asset.path;
    EXPECT_LT(asset.brotli.size(), asset.identity.size()) << asset.path;
  }
}

TEST(Assets, HaveStrongAndDistinctTags) {
  std::set<std::string_view> tags;
  for (const Asset& asset : assets()) {
    ASSERT_GE(asset.etag.size(), 10U);
    EXPECT_EQ(asset.etag.front(), '"');
    EXPECT_EQ(asset.etag.find('"', 1), asset.etag.size() - 1);
    EXPECT_TRUE(tags.insert(asset.etag).second) << asset.path;
  }
}

TEST(Assets, ThePageIsSmall) {
  std::size_t bytes = 0;
  for (const char* path : {"/", "/assets/app.js", "/assets/style.css", "/favicon.svg"}) {
    bytes += find_asset(path)->brotli.size();
  }
  EXPECT_LT(bytes, 40U * 1024);
}

// The policy the page is served with allows neither; they would just not work.
TEST(Assets, ThePageHasNoInlineScriptOrStyle) {
  const std::string_view page = find_asset("/")->identity;
  for (const char* forbidden :
       {"<script>", "<style", " style=", " onclick=", " onsubmit=", " onload=", "javascript:"}) {
    EXPECT_EQ(page.find(forbidden), std::string_view::npos) << forbidden;
  }
}

}  // namespace tinychat::api::assets_test
