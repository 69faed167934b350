#include "api/join_page.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "wire/ascii.h"

namespace tinychat::api {
namespace {

struct Words {
  std::string_view language;
  std::string_view title;
  std::string_view invited;
  std::string_view what_happens;
  std::string_view join;
  std::string_view refused;
  std::string_view used_up;
  std::string_view removed;
  std::string_view crowded;
  std::string_view broken;
  std::string_view again;
  std::string_view onwards;
};

constexpr std::array kWords = {
    Words{
        .language = "en",
        .title = "Join the chat",
        .invited = "You are invited to this chat",
        .what_happens = "Press the button, and this browser is in from then on. You choose your name inside.",
        .join = "Join",
        .refused = "This did not work",
        .used_up =
            "This link lets nobody in any more: it was replaced, has expired, or was used as often as it "
            "may be. Ask who gave it to you for a new one.",
        .removed = "You were removed from this server. Its owner can let you in again.",
        .crowded = "There were too many tries from your address. Wait a minute, then try again.",
        .broken = "The server cannot let anybody in just now. Try again in a moment.",
        .again = "Try again",
        .onwards = "To the chat",
    },
    Words{
        .language = "de",
        .title = "In den Chat",
        .invited = "Du bist in diesen Chat eingeladen",
        .what_happens = "Drück den Knopf, dann ist dieser Browser dabei. Deinen Namen wählst du drinnen.",
        .join = "Dabei sein",
        .refused = "Das hat nicht geklappt",
        .used_up =
            "Dieser Link lässt niemanden mehr herein: Er wurde ersetzt, ist abgelaufen oder so oft benutzt, "
            "wie er darf. Bitte um einen neuen, wo du ihn herhast.",
        .removed = "Du wurdest von diesem Server entfernt. Wem er gehört, kann dich wieder hereinlassen.",
        .crowded =
            "Von deiner Adresse kamen zu viele Versuche. Warte eine Minute und versuche es noch einmal.",
        .broken = "Der Server kann gerade niemanden hereinlassen. Versuche es gleich noch einmal.",
        .again = "Noch einmal",
        .onwards = "Zum Chat",
    },
};

// Browsers name the languages in the order of their users' wishes.
const Words& words_for(std::string_view accept_language) {
  std::string_view rest = accept_language;
  while (!rest.empty()) {
    const auto element = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), element.size() + 1));
    const auto primary = wire::trim(element.substr(0, element.find_first_of("-;")));
    const auto found = std::ranges::find_if(
        kWords, [&](const Words& words) { return wire::equals_ignoring_case(words.language, primary); });
    if (found != kWords.end()) return *found;
  }
  return kWords.front();
}

std::string header_of(const net::Request& request, std::string_view name) {
  const std::string* const value = request.header(name);
  return value == nullptr ? std::string() : *value;
}

// `action` is markup, the rest is text without any.
void show(net::Response& response, const Words& words, std::string_view heading, std::string_view text,
          std::string_view action) {
  constexpr std::string_view kOurs[] = {"Content-Type", "Cache-Control", "Content-Security-Policy"};
  std::erase_if(response.headers, [&](const wire::Field& field) {
    return std::ranges::find(kOurs, field.name) != std::end(kOurs);
  });
  // The code must not leave with a click on something; but the form says where it comes from.
  response.headers.insert(
      response.headers.end(),
      {{"Content-Type", "text/html; charset=utf-8"},
       {"Content-Language", std::string(words.language)},
       {"Vary", "Accept-Language"},
       {"Cache-Control", "no-store"},
       {"Referrer-Policy", "same-origin"},
       {"Content-Security-Policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"}});
  std::string& html = response.body;
  html = "<!doctype html>\n<html lang=\"";
  html += words.language;
  html +=
      "\">\n<head>\n"
      "<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1, viewport-fit=cover\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta name=\"robots\" content=\"noindex, nofollow\">\n"
      "<title>";
  html += words.title;
  html +=
      "</title>\n"
      "<link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\n"
      "<link rel=\"stylesheet\" href=\"/assets/style.css\">\n"
      "</head>\n<body>\n<main class=\"door\">\n<div>\n"
      "<p class=\"brand\"><img src=\"/favicon.svg\" alt=\"\" width=\"32\" height=\"32\">tinychat</p>\n<h1>";
  html += heading;
  html += "</h1>\n<p>";
  html += text;
  html += "</p>\n";
  html += action;
  html += "\n</div>\n</main>\n</body>\n</html>\n";
}

// It posts to its own address.
std::string form(std::string_view label) {
  return "<form method=\"post\"><button class=\"button\" autofocus>" + std::string(label) +
         "</button></form>";
}

std::string link_to_chat(std::string_view label) {
  return "<a class=\"button\" href=\"/\">" + std::string(label) + "</a>";
}

}  // namespace

net::Response join_page(const net::Request& request) {
  const Words& words = words_for(header_of(request, "accept-language"));
  net::Response response;
  show(response, words, words.invited, words.what_happens, form(words.join));
  return response;
}

JoinRefusals::JoinRefusals(const net::Request& request)
    : shows_pages_(header_of(request, "accept").contains("text/html")),
      accept_language_(header_of(request, "accept-language")) {}

void JoinRefusals::operator()(net::Response& response) const {
  if (!shows_pages_ || response.status < 400) return;
  const Words& words = words_for(accept_language_);
  switch (response.status) {
    // Whoever is in already has lost nothing by it.
    case 404: return show(response, words, words.refused, words.used_up, link_to_chat(words.onwards));
    case 403: return show(response, words, words.refused, words.removed, "");
    case 429: return show(response, words, words.refused, words.crowded, form(words.again));
    default: return show(response, words, words.refused, words.broken, form(words.again));
  }
}

}  // namespace tinychat::api
