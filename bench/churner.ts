import '../src/main/hub/history/testing/churner';
