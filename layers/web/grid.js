/** Map sheets and licence blocks: which one holds a position, as geo/sheets.py and geo/blocks.py find it. */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});

  const divmod = (value, by) => [Math.floor(value / by), value - by * Math.floor(value / by)];

  /** Minutes from the western and southern side of the grid; null outside it. Southern and western sides are inside. */
  function within(grid, lon, lat, rounding) {
    const [west, south, east, north] = grid.bounds_min;
    const [x, y] = [lon * 60 + rounding, lat * 60 + rounding];
    return x >= west && x < east && y >= south && y < north ? [x - west, y - south] : null;
  }

  const columnOf = (grid, column) => column + grid.first_zone;

  /** The sheet 1:100,000 that holds a position in degrees of the map, which are those of Pulkovo 1942. */
  function sheet(grid, { lng, lat }) {
    const at = within(grid, lng, lat, 0);
    if (!at) return null;
    const [column, along] = divmod(at[0], grid.column_min);
    const [row, up] = divmod(at[1], grid.row_min);
    const down = grid.across - 1 - Math.floor(up / grid.sheet_min[0]);
    const number = grid.across * down + Math.floor(along / grid.sheet_min[1]) + 1;
    return `${grid.rows[row]}-${columnOf(grid, column)}-${number}`;
  }

  /** The code of the licence block that holds a position in degrees on WGS 84. */
  function block(grid, { lng, lat }) {
    const at = within(grid, lng, lat, grid.rounding_min);
    if (!at) return null;
    const [column, east] = divmod(Math.floor(at[0]), grid.column_min);
    const [row, up] = divmod(Math.floor(at[1]), grid.row_min);
    const north = grid.row_min - 1 - up; // minutes from the northern side: every level is counted from there
    const [down, right] = [Math.floor(north / grid.sheet_min[0]), Math.floor(east / grid.sheet_min[1])];
    const [inSheet, across] = [north % grid.sheet_min[0], east % grid.sheet_min[1]];
    const ten = grid.tens[3 * Math.floor(inSheet / 10) + Math.floor(across / 10)];
    const five = grid.fives[2 * Math.floor((inSheet % 10) / 5) + Math.floor((across % 10) / 5)];
    const number = 5 * (inSheet % 5) + (across % 5) + 1;
    const name = `${grid.rows[row]}-${columnOf(grid, column)}-${grid.across * down + right + 1}`;
    return `${name}-(10${ten}-5${five}-${number})`;
  }

  Atlas.grid = { block, sheet };
})();
