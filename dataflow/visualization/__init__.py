"""Looking at networks: pictures and tables."""

from dataflow.visualization.drawing import network_svg, save_network
from dataflow.visualization.network import plot_network
from dataflow.visualization.printing import print_summary

__all__ = ["network_svg", "plot_network", "print_summary", "save_network"]
