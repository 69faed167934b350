#include "api/routes.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "api/assets.h"

namespace tinychat::api::routes_test {

struct Expected {
  std::string_view path;
  std::string_view pattern;
  std::string_view room;
  std::string_view id;
};

TEST(Routes, AreFoundByTheShapeOfThePath) {
  const Expected cases[] = {
      {"/", "/", "", ""},
      {"/everyone", "/{room}", "everyone", ""},
      {"/team/alpha%2Fone", "/{room}", "team/alpha%2Fone", ""},
      {"/subscribe/a", "/subscribe/{room}", "a", ""},
      {"/subscribe/a/b", "/subscribe/{room}", "a/b", ""},
      {"/subscribe/", "/subscribe/{room}", "", ""},
      {"/subscribe", "/{room}", "subscribe", ""},
      {"/r/a", "/r/{room}", "a", ""},
      {"/r/a/b", "/r/{room}/{id}", "a", "b"},
      {"/r/a/b/5-0", "/r/{room}/{id}", "a/b", "5-0"},
      {"/healthz", "/healthz", "", ""},
      {"/healthz/x", "/{room}", "healthz/x", ""},
      {"/assets/app.js", "/assets/{file}", "", "app.js"},
      {"/assets/", "/{room}", "assets/", ""},
      {"/assets/a/b", "/{room}", "assets/a/b", ""},
      {"/api/v1/events", "/api/v1/events", "", ""},
      {"/api/v1/events/", "/{room}", "api/v1/events/", ""},
      {"/api/v1/me", "/api/v1/me", "", ""},
      {"/api/v1/me/sessions", "/api/v1/me/sessions", "", ""},
      {"/api/v1/me/sessions/current", "/api/v1/me/sessions/{id}", "", "current"},
      {"/api/v1/rooms", "/api/v1/rooms", "", ""},
      {"/api/v1/rooms/a/messages", "/api/v1/rooms/{room}/messages", "a", ""},
      {"/api/v1/rooms/a/b/messages", "/api/v1/rooms/{room}/messages", "a/b", ""},
      {"/api/v1/rooms/a/messages/messages", "/api/v1/rooms/{room}/messages", "a/messages", ""},
      {"/api/v1/rooms/a%2Fmessages/messages", "/api/v1/rooms/{room}/messages", "a%2Fmessages", ""},
      {"/api/v1/rooms//messages", "/api/v1/rooms/{room}/messages", "", ""},
      {"/api/v1/rooms/messages/messages", "/api/v1/rooms/{room}/messages", "messages", ""},
      {"/api/v1/rooms/a/messages/5-0", "/api/v1/rooms/{room}/messages/{id}", "a", "5-0"},
      {"/api/v1/rooms/a/messages/b/messages/5-0", "/api/v1/rooms/{room}/messages/{id}", "a/messages/b",
       "5-0"},
      {"/api/v1/rooms/messages", "/api/v1/rooms/{room}", "messages", ""},
      {"/api/v1/rooms/a/messages/", "/api/v1/rooms/{room}", "a/messages/", ""},
      {"/api/v1/rooms/a", "/api/v1/rooms/{room}", "a", ""},
      {"/api/v1/rooms/", "/api/v1/rooms/{room}", "", ""},
      {"/api/v1/rooms/a/b/presence", "/api/v1/rooms/{room}/presence", "a/b", ""},
      {"/api/v1/rooms/a/typing", "/api/v1/rooms/{room}/typing", "a", ""},
      {"/api/v1/me/rooms", "/api/v1/me/rooms", "", ""},
      {"/api/v1/me/rooms/a/b", "/api/v1/me/rooms/{room}", "a/b", ""},
      {"/api/v1/me/rooms/read/read", "/api/v1/me/rooms/{room}/read", "read", ""},
      {"/openapi.yaml", "/openapi.yaml", "", ""},
      {"/join/abc", "/join/{code}", "", "abc"},
      {"/join/a/b", "/{room}", "join/a/b", ""},
  };
  for (const auto& expected : cases) {
    const auto match = find_route(expected.path);
    ASSERT_TRUE(match) << expected.path;
    EXPECT_EQ(match->route->pattern, expected.pattern) << expected.path;
    EXPECT_EQ(match->room, expected.room) << expected.path;
    EXPECT_EQ(match->id, expected.id) << expected.path;
  }
  EXPECT_FALSE(find_route(""));
  EXPECT_FALSE(find_route("everyone"));
}

TEST(Routes, SayWhatTheyAllow) {
  EXPECT_EQ(allowed_methods(*find_route("/everyone")->route), "POST, OPTIONS");
  EXPECT_EQ(allowed_methods(*find_route("/healthz")->route), "GET, HEAD, OPTIONS");
  EXPECT_EQ(allowed_methods(*find_route("/api/v1/rooms/a/messages")->route), "GET, HEAD, POST, OPTIONS");
}

using Operations = std::set<std::string>;

Operations operations_of_routes() {
  Operations operations;
  for (const Route& route : routes()) {
    const std::pair<const char*, const Operation&> all[] = {{"get ", route.get},
                                                            {"post ", route.post},
                                                            {"put ", route.put},
                                                            {"patch ", route.patch},
                                                            {"delete ", route.del}};
    for (const auto& [method, operation] : all) {
      if (operation.action != nullptr) operations.insert(method + std::string(route.pattern));
    }
  }
  return operations;
}

// Paths are the keys at two blanks below `paths:`, methods those at four. `head` and `options` go
// without saying.
Operations operations_of_description(std::string_view yaml) {
  Operations operations;
  std::string path;
  bool in_paths = false;
  for (std::size_t begin = 0; begin < yaml.size();) {
    const auto line = yaml.substr(begin, yaml.find('\n', begin) - begin);
    begin += line.size() + 1;
    if (!line.empty() && line[0] != ' ' && line[0] != '#') in_paths = line.starts_with("paths:");
    if (!in_paths) continue;
    const auto key = line.substr(0, line.rfind(':'));
    if (line.starts_with("  /")) path = key.substr(2);
    for (const std::string method : {"get", "post", "put", "delete", "patch"}) {
      if (line.starts_with("    " + method + ":")) operations.insert(method + " " + path);
    }
  }
  return operations;
}

TEST(Routes, AndTheDescriptionAgree) {
  const Asset* const description = find_asset("/openapi.yaml");
  ASSERT_NE(description, nullptr);
  EXPECT_EQ(operations_of_description(description->identity), operations_of_routes());
}

TEST(Routes, LeadToEveryAsset) {
  for (const Asset& asset : assets()) {
    const auto match = find_route(asset.path);
    ASSERT_TRUE(match);
    EXPECT_TRUE(find_operation(*match, "GET")) << asset.path;
  }
}

}  // namespace tinychat::api::routes_test
