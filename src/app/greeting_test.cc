#include "app/greeting.h"

#include <gtest/gtest.h>

#include <string>

namespace tinychat::app::greeting_test {

Options at(const std::string& host) {
  Options options;
  options.door = room::Door::kOpen;
  options.host = host;
  options.data = "./data";
  return options;
}

TEST(Greeting, SaysWhereToGoAndWhatToTry) {
  EXPECT_EQ(greeting(at("127.0.0.1"), 8080),
            "tinychat " TINYCHAT_VERSION
            " is ready: open http://127.0.0.1:8080\n"
            "Messages are kept in ./data.\n"
            "\n"
            "  follow a room    curl -N http://127.0.0.1:8080/subscribe/everyone\n"
            "  say something    curl -d sender=me -d message=hello http://127.0.0.1:8080/everyone\n");
}

TEST(Greeting, NamesThePortThatWasTaken) {
  EXPECT_NE(greeting(at("localhost"), 40123).find("open http://localhost:40123\n"), std::string::npos);
}

TEST(Greeting, PutsAnIpv6AddressIntoBrackets) {
  EXPECT_NE(greeting(at("::1"), 80).find("open http://[::1]:80\n"), std::string::npos);
}

TEST(Greeting, WarnsWhenEveryoneCanReachIt) {
  EXPECT_EQ(greeting(at("127.0.0.1"), 80).find("every interface"), std::string::npos);
  for (const auto* host : {"*", "0.0.0.0", "::"}) {
    const std::string text = greeting(at(host), 80);
    EXPECT_NE(text.find("open http://127.0.0.1:80\n"), std::string::npos)
        << "an address that a browser can open";
    EXPECT_NE(text.find("It listens on every interface: whoever reaches port 80 can read and write.\n"),
              std::string::npos);
  }
}

TEST(Greeting, SaysWhereTheOperatorLooks) {
  Options options = at("127.0.0.1");
  EXPECT_EQ(greeting(options, 80).find("operator"), std::string::npos);
  options.admin = net::Endpoint{.host = "::1"};
  EXPECT_NE(greeting(options, 80, 9090).find("numbers and health at http://[::1]:9090\n"), std::string::npos);
}

TEST(Greeting, SaysWhatCanBeLost) {
  Options options = at("127.0.0.1");
  options.durability = journal::Durability::kOs;
  EXPECT_NE(greeting(options, 80).find("a loss of power can take back"), std::string::npos);
  options.journal = JournalKind::kMemory;
  EXPECT_NE(greeting(options, 80).find("Messages are kept in memory, gone when the program ends.\n"),
            std::string::npos);
}

// What commands are suggested where the door is closed, without their beginnings.
std::string where_commands_look(Options options) {
  options.door = room::Door::kClosed;
  const std::string text = greeting(options, options.port);
  const std::string token =
      "  a token for a program    tinychat token create --name ci --can publish --room deploys";
  const auto begin = text.find(token);
  if (begin == std::string::npos) {
    EXPECT_FALSE(text.contains("tinychat token")) << text;
    EXPECT_FALSE(text.contains("tinychat join-link")) << text;
    EXPECT_FALSE(text.contains("\n\n")) << text;
    return "nowhere";
  }
  const auto end = begin + token.size();
  auto where = text.substr(end, text.find('\n', end) - end);
  EXPECT_TRUE(text.ends_with("\n  the join link again      tinychat join-link" + where + "\n")) << text;
  return where;
}

TEST(Greeting, CommandsAreToldWhereItIsKept) {
  Options options = at("127.0.0.1");
  EXPECT_EQ(where_commands_look(options), "");
  options.data = "/srv/chat";
  EXPECT_EQ(where_commands_look(options), " --data /srv/chat");
  options.data = "/srv/it's a chat";
  EXPECT_EQ(where_commands_look(options), R"( --data '/srv/it'\''s a chat')");
  options.journal = JournalKind::kRedis;
  options.redis = *redis::parse_endpoint("redis://h:1234/2");
  EXPECT_EQ(where_commands_look(options), " --redis redis://h:1234/2");
  options.redis_prefix = "chat:";
  EXPECT_EQ(where_commands_look(options), " --redis redis://h:1234/2 --redis-prefix chat:");
  options.is_redis_in_environment = true;
  EXPECT_EQ(where_commands_look(options), " --redis-prefix chat:");
}

TEST(Greeting, TheLinkAgainIsTheSame) {
  Options options = at("127.0.0.1");
  options.door = room::Door::kClosed;
  EXPECT_TRUE(greeting(options, 8080).ends_with("tinychat join-link\n"));
  EXPECT_TRUE(greeting(options, 81).ends_with("tinychat join-link --port 81\n"));
  options.host = "*";
  EXPECT_TRUE(greeting(options, 81).ends_with("tinychat join-link --host '*' --port 81\n"));
}

TEST(Greeting, APasswordIsNotTold) {
  Options options = at("127.0.0.1");
  options.door = room::Door::kClosed;
  options.journal = JournalKind::kRedis;
  options.redis = *redis::parse_endpoint("rediss://me:sesame@h");
  EXPECT_EQ(where_commands_look(options), " --redis rediss://me:PASSWORD@h:6379");
  EXPECT_FALSE(greeting(options, 80).contains("sesame"));
}

TEST(Greeting, NoCommandsAreToldForWhatIsInMemory) {
  Options options = at("127.0.0.1");
  options.journal = JournalKind::kMemory;
  EXPECT_EQ(where_commands_look(options), "nowhere");
}

}  // namespace tinychat::app::greeting_test
