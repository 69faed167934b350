#include "app/greeting.h"

#include <gtest/gtest.h>

#include <string>

namespace tinychat::app {
namespace {

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

}  // namespace
}  // namespace tinychat::app
