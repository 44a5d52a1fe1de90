// An ESP32 (or ESP8266) as a device: temperature, signal strength, free memory.
//
// Needs the library "WebSockets" by Markus Sattler (Links2004/arduinoWebSockets) from the library manager.
// Fill in the four constants, upload, and approve the board in the app: it prints the digits to compare. From then on
// it is known by its address. To be known by a key instead, make one for it in the app, fill it in below and upload again.

#ifdef ESP8266
#include <ESP8266WiFi.h>
#else
#include <WiFi.h>
#endif
#include <WebSocketsClient.h>

const char *WIFI_NAME = "your network";
const char *WIFI_PASSWORD = "your password";
const char *HUB_HOST = "192.168.1.20";
const uint16_t HUB_PORT = 7411;

// "wwk_…", made in the app; or a join token, "wwt_…", and the board need not be approved.
const char *HUB_KEY = "";

const unsigned long INTERVAL_MS = 1000;

WebSocketsClient hub;
char deviceName[24];
bool connected = false;
unsigned long sentAt = 0;

void onHub(WStype_t type, uint8_t *payload, size_t length) {
  switch (type) {
    case WStype_CONNECTED:
      connected = true;
      Serial.println("connected to the hub");
      break;
    case WStype_DISCONNECTED:
      connected = false;
      Serial.println("no connection to the hub, trying again");
      break;
    case WStype_TEXT:
      // For instance that the board still waits for approval.
      Serial.printf("hub: %.*s\n", (int)length, (const char *)payload);
      break;
    default:
      break;
  }
}

void setup() {
  Serial.begin(115200);
  WiFi.mode(WIFI_STA);
  WiFi.begin(WIFI_NAME, WIFI_PASSWORD);
  WiFi.setAutoReconnect(true);

  // The end of the MAC address tells boards of a kind apart.
  uint8_t mac[6];
  WiFi.macAddress(mac);
  snprintf(deviceName, sizeof deviceName, "esp-%02x%02x%02x", mac[3], mac[4], mac[5]);

  // The empty subprotocol makes it a simple device: it just sends values.
  hub.begin(HUB_HOST, HUB_PORT, "/agent", "");
  if (HUB_KEY[0] != '\0') {
    char bearer[80];
    snprintf(bearer, sizeof bearer, "Bearer %s", HUB_KEY);
    hub.setAuthorization(bearer); // After begin, which clears it.
  }
  hub.onEvent(onHub);
  hub.setReconnectInterval(3000);
  // Ping every 15 s, and give the link up after two without an answer within 5 s. The hub's own pings are
  // answered by the library.
  hub.enableHeartbeat(15000, 5000, 2);
}

void loop() {
  hub.loop();
  if (!connected || millis() - sentAt < INTERVAL_MS) return;
  sentAt = millis();

  char message[192];
  // Replace the made-up temperature by your sensor's, e.g. dht.readTemperature().
  const float temp = 21.0f + 2.0f * sinf(millis() / 30000.0f);
  snprintf(message, sizeof message, "{\"name\":\"%s\",\"temp\":%.2f,\"rssi\":%d,\"heap\":%lu,\"uptime\":%lu}", deviceName,
           temp, (int)WiFi.RSSI(), (unsigned long)ESP.getFreeHeap(), millis() / 1000UL);
  hub.sendTXT(message);
}
