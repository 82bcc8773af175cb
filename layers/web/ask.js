/** A click on the empty map asks what lies around that point: it becomes the selected position. */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});
  const DOUBLE_MS = 280; // a second click within it zooms
  const TAKEN = '.leaflet-interactive, .leaflet-marker-icon, .leaflet-control, .atlas-divider';
  const CLOSE_ZOOM = 12; // from which four decimals of a degree are more than a pixel
  const [ROUGH, FINE] = [4, 6];

  function open(map) {
    let waiting = 0;
    const forget = () => clearTimeout(waiting);
    map.on('dblclick zoomstart movestart', forget);
    map.on('click', ({ latlng, originalEvent }) => {
      forget();
      if (Atlas.sketch.busy() || originalEvent.target.closest(TAKEN)) return;
      const { lat, lng } = latlng.wrap();
      const decimals = map.getZoom() > CLOSE_ZOOM ? FINE : ROUGH;
      const id = [lat, lng].map((degrees) => degrees.toFixed(decimals)).join(',');
      waiting = setTimeout(() => Atlas.tell({ do: 'select', layer: 'place', id }), DOUBLE_MS);
    });
  }

  Atlas.ask = { open };
})();
